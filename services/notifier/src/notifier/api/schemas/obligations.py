"""Obligations and silences on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from notifier.domain.duties import Act
from notifier.persistence.obligations import ObligationHistory
from notifier.persistence.tables.obligations import Obligation
from shared.contracts.roles import Level, Role

ObligationState = Literal["open", "met", "missed", "waived"]


class Progress(BaseModel):
    """How much of the duty is done: `done` of `of` parts."""

    done: int
    of: int


class DutyRead(BaseModel):
    """What every list of duties says of one: what, by when, who owes it. `due_on` is inclusive."""

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
    person_id: UUID | None
    producer_id: UUID | None
    opens_on: date | None
    due_on: date | None
    state: ObligationState
    progress: Progress


class ObligationRead(DutyRead):
    """One duty. `due_on` is inclusive; from `due_at` on it is late. No `due_on`: the law sets no clock.

    `asked_due_on` is what its source asks: it differs from `due_on` while an official has moved the duty.
    `allowed_acts`: what who stands above it may do.
    """

    superior: Role | None
    superior_unit_code: str | None
    due_at: datetime | None
    asked_due_on: date | None
    allowed_acts: list[Act]
    fulfilled_by: list[str]
    met_at: datetime | None
    late: bool
    missed_at: datetime | None
    next_step_at: datetime | None

    @classmethod
    def of(cls, row: Obligation) -> Self:
        """The row as the API shows it."""
        return cls(**_fields(row))


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


class DutyActRead(BaseModel):
    """What was decided about the duty. `lapse` and `revive` are its calendar's doing, and name no person."""

    act: Literal["waive", "move", "lapse", "revive"]
    due_before: date | None
    due_after: date | None
    state_before: ObligationState
    reason: str
    document: str | None
    person_id: UUID | None
    person_name: str | None
    at: datetime


class ObligationDetail(ObligationRead):
    """One duty with every due date its source asked, every step handled, and what officials decided about it."""

    deadlines: list[DeadlineRevisionRead]
    steps: list[StepRead]
    acts: list[DutyActRead]

    @classmethod
    def with_history(cls, found: ObligationHistory) -> Self:
        """The row with its history."""
        history = {"deadlines": found.deadlines, "steps": found.steps, "acts": found.acts}
        return cls.model_validate(_fields(found.row) | history)


Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=2000)]
Document = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class WaiverDraft(BaseModel):
    """Why the duty is waived, and the number of the written decision that says so."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    document: Document


class MoveDraft(BaseModel):
    """The new last day (inclusive, today or later), why, and the number of the written decision where there is one."""

    model_config = ConfigDict(extra="forbid")

    due_on: date
    reason: Reason
    document: Document | None = None


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
