"""Plans, trainings and reports of units over HTTP."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from registry.domain.plans import DeadlineDraft, Line, TargetDraft
from registry.use_cases.record_training import TrainingDraft
from shared.contracts.base import Wire


class DeadlineDates(BaseModel):
    """A period of a deadline in force: its last day and how many units have the duty."""

    period: str
    due_on: date
    units: int


class TargetRead(TargetDraft):
    """A target of a stored plan."""

    model_config = ConfigDict(extra="ignore")


class DeadlineRead(DeadlineDraft):
    """A deadline of a stored plan; `dates` once the plan is published."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    version: int
    dates: list[DeadlineDates]


class PlanSummary(BaseModel):
    """A plan in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    year: int
    province_code: str
    title: str
    ruleset: str
    state: Literal["draft", "published"]
    published_on: date | None
    version: int


class PlanRead(PlanSummary):
    """A plan with its targets and deadlines."""

    source: str | None
    legal_basis: list[str]
    targets: list[TargetRead]
    deadlines: list[DeadlineRead]


class DeadlineChange(Wire):
    """Another last day (inclusive), why, and for a recurring deadline the period."""

    due_on: Annotated[date, Field(ge=date(2018, 1, 1), le=date(2100, 12, 31))]
    reason: Line
    period: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-Q[1-4]$")] | None = None


class DeadlineChanged(BaseModel):
    """A deadline after it was moved."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    plan_id: UUID
    code: str
    vi: str
    due_on: date | None
    recurs: str | None
    version: int


class TrainingRequest(Wire):
    """A training that was held, and who took part."""

    title: Line
    held_on: Annotated[date, Field(ge=date(2018, 1, 1), le=date(2100, 12, 31))]
    kind: Literal["officers", "producers"]
    person_ids: Annotated[list[UUID], Field(default_factory=list, max_length=2000)]
    producer_ids: Annotated[list[UUID], Field(default_factory=list, max_length=2000)]
    unit_codes: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]], Field(default_factory=list, max_length=500)
    ]

    def draft(self) -> TrainingDraft:
        """As the use case takes it."""
        return TrainingDraft(
            self.title,
            self.held_on,
            self.kind,
            tuple(self.person_ids),
            tuple(self.producer_ids),
            tuple(self.unit_codes),
        )


class TrainingRead(BaseModel):
    """A training with how many took part."""

    id: UUID
    title: str
    held_on: date
    kind: Literal["officers", "producers"]
    unit_codes: list[str]
    recorded_for: str
    people: int
    producers: int


class UnitReportRequest(Wire):
    """A unit's report or review for a period: 2023-Q2, or 2023 for the year."""

    unit_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]
    year: Annotated[int, Field(ge=2018, le=2100)]
    code: Literal["quarterly_review", "periodic_report"]
    period: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-Q[1-4])?$")]
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class UnitReportRead(BaseModel):
    """A unit's report as stored."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    unit_code: str
    year: int
    code: str
    period: str
    summary: str
    submitted_on: date
    submitted_by: UUID
