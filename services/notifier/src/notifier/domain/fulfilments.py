"""Things that happened and may meet a duty."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing done. It counts for every duty that waits for its `event_type` and is about one of `abouts`.

    `item` tells two deeds of one type apart; `year`, `period`, `code`, `person_id` are set where the event names
    them, and must then agree with the duty's. `withdrawn_at` is when it ceased to hold (an outlet that closed).
    """

    event_type: str
    item: str
    abouts: tuple[str, ...]
    at: datetime
    year: int | None = None
    period: str | None = None
    code: str | None = None
    person_id: UUID | None = None
    revision: int = 0
