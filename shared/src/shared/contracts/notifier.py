"""Events that notifier tells."""

from datetime import date
from typing import ClassVar
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
