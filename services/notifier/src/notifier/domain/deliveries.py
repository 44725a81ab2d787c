"""How long and how often sending is tried."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed notice, ready to be sent through its channel. `notice_id` is the reference its provider sees.

    `attempt` counts from 1 and fences off a slower twin.
    """

    notice_id: UUID
    attempt: int
    most_tries: int
    first_retry_seconds: int
    longest_retry_seconds: int
    channel: str
    name: str
    address: str
    subject: str
    body: str
    html: str
    parameters: dict[str, Any]
    fields: dict[str, Any] = field(default_factory=dict)
    provider_template: str | None = None
    kind: str = "reminder"
    may_leave: bool = False
    """Whether its recipient may decline such notices."""


def retry_seconds(letter: Letter) -> int:
    """The pause before the next try: doubled each time, never longer than the policy's longest."""
    return int(min(letter.first_retry_seconds * 2 ** (letter.attempt - 1), letter.longest_retry_seconds))
