"""What a provider says later of a notice that it took."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Outcome = Literal["delivered", "undelivered"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One outcome of one notice. `dead`: its address reaches nobody any more. `reason` is one word."""

    notice_id: UUID
    outcome: Outcome
    reason: str
    dead: bool = False


def reference_of(value: object) -> UUID | None:
    """The notice that a provider's reference names; None when it is none of ours."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
