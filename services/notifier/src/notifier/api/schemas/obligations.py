"""Obligations and silences on the wire."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel

from notifier.persistence.tables.obligations import Obligation
from shared.contracts.roles import Level, Role

ObligationState = Literal["open", "met", "missed", "waived"]


class Progress(BaseModel):
    """How much of the duty is done: `done` of `of` parts."""

    done: int
    of: int


class ObligationRead(BaseModel):
    """One duty. `due_on` is inclusive; from `due_at` on it is late. No `due_on`: the law sets no clock."""

    id: UUID
    version: int
    code: str
    title: str
    title_en: str | None
    source: str
    year: int
    period: str
    unit_code: str
    unit_name: str | None
    level: Level
    responsible: Role
    superior: Role | None
    superior_unit_code: str | None
    person_id: UUID | None
    producer_id: UUID | None
    opens_on: date | None
    due_on: date | None
    due_at: datetime | None
    fulfilled_by: list[str]
    progress: Progress
    state: ObligationState
    met_at: datetime | None
    late: bool
    missed_at: datetime | None
    next_step_at: datetime | None

    @classmethod
    def of(cls, row: Obligation) -> Self:
        """The row as the API shows it."""
        fields = {
            name: getattr(row, name) for name in cls.model_fields if name not in {"progress", "deadlines", "steps"}
        }
        return cls(progress=Progress(done=row.done, of=row.total), **fields)


def _fields(row: Obligation) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ObligationRead.model_fields if name != "progress"}
    return shown | {"progress": Progress(done=row.done, of=row.total)}


class DeadlineRevisionRead(BaseModel):
    """A due date the obligation has or had."""

    revision: int
    due_on: date | None
    source: str


class StepRead(BaseModel):
    """A reminder step that was handled, and how."""

    due_on: date
    step: int
    outcome: Literal["noticed", "skipped", "no_recipient"]
    reason: str | None
    handled_at: datetime


class ObligationDetail(ObligationRead):
    """One duty with every due date it had and every step handled."""

    deadlines: list[DeadlineRevisionRead]
    steps: list[StepRead]

    @classmethod
    def with_history(cls, row: Obligation, deadlines: list[Any], steps: list[Any]) -> Self:
        """The row with its history, as the repository reads them."""
        return cls.model_validate(_fields(row) | {"deadlines": deadlines, "steps": steps})


class SilenceRead(BaseModel):
    """A unit from which nothing had come by the deadline; `state` says whether it came later."""

    obligation_id: UUID
    code: str
    title: str
    year: int
    period: str
    unit_code: str
    unit_name: str | None
    level: Level
    due_on: date
    missed_at: datetime
    state: ObligationState
    met_at: datetime | None

    @classmethod
    def of(cls, row: Obligation) -> Self:
        """The row as the API shows it."""
        fields = {name: getattr(row, name) for name in cls.model_fields if name != "obligation_id"}
        return cls(obligation_id=row.id, **fields)
