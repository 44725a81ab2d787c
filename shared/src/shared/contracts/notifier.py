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
    revision: int = 0


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
    """A unit's duty was waived, or has another last day; it may have been told as missed before.

    `due_on` is the day it has now. Of what is told about a duty that is not met, the highest `revision` stands.
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
