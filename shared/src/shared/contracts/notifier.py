"""Events that notifier tells."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.base import Event


class ObligationMissed(Event):
    """A unit sent nothing by its deadline."""

    type: ClassVar[str] = "notifier.obligation_missed"
    subscribers: ClassVar[tuple[str, ...]] = ("registry",)

    obligation_id: UUID
    code: str
    period: str
    unit_code: str
    due_on: date
    year: int


class ObligationMet(Event):
    """A unit met its duty, on time or late."""

    type: ClassVar[str] = "notifier.obligation_met"
    subscribers: ClassVar[tuple[str, ...]] = ("registry",)

    obligation_id: UUID
    code: str
    period: str
    unit_code: str
    due_on: date
    met_on: date
    late: bool
    year: int


class ObligationLifted(Event):
    """A duty that was told as missed is missed no longer, and not met either: it was waived, or its date moved.

    `due_on` is the date it has now, always later than the one that was missed when it was moved.
    """

    type: ClassVar[str] = "notifier.obligation_lifted"
    subscribers: ClassVar[tuple[str, ...]] = ("registry",)

    obligation_id: UUID
    code: str
    period: str
    unit_code: str
    due_on: date
    year: int
    because: Literal["waived", "moved"]
    revision: int
