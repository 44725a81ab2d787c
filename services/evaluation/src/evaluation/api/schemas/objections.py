"""Objections on the wire."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from evaluation.api.schemas.choices import MOST_CRITERIA, CriterionCode
from evaluation.api.schemas.dossier_forms import Prose
from evaluation.domain.objections import possible_steps
from evaluation.persistence.objections import ObjectionView
from shared.contracts.base import Wire
from shared.contracts.roles import Level

Answer = Literal["upheld", "partly_upheld", "refused"]


class ObjectionDraft(Wire):
    """What a producer contests in the newest result: the grounds, and the criteria they concern."""

    grounds: Prose
    criteria: Annotated[list[CriterionCode], Field(max_length=MOST_CRITERIA)] = Field(default_factory=list)


class Examination(Wire):
    """What the examination of the result came to."""

    findings: Prose


class AnswerDraft(Wire):
    """The answer, with its reasons. Upheld wholly or partly, it names what follows."""

    answer: Answer
    reasons: Prose
    remedy: Literal["reopening", "correction"] | None = None


class ObjectionStepRead(BaseModel):
    """A step on an objection. `due_on` (of the receipt) is the last day for the answer, `source` the rule."""

    model_config = ConfigDict(from_attributes=True)

    step: str
    on_day: date
    words: str | None
    remedy: str | None
    due_on: date | None
    source: str | None


class ObjectionRead(BaseModel):
    """An objection: its state is its newest step; `next` names the steps that may follow."""

    id: UUID
    dossier_id: UUID
    level: Level
    unit_code: str
    grounds: str
    criteria: list[str]
    filed_on: date
    window_until: date
    source: str
    state: str
    next: list[str]
    answer_due_on: date | None
    steps: list[ObjectionStepRead]

    @classmethod
    def of(cls, view: ObjectionView) -> "ObjectionRead":
        """From the row and its steps."""
        row = view.row
        return cls(
            id=row.id,
            dossier_id=row.dossier_id,
            level=Level(row.level),
            unit_code=row.unit_code,
            grounds=row.grounds,
            criteria=row.criteria,
            filed_on=row.filed_on,
            window_until=row.window_until,
            source=row.source,
            state=view.state,
            next=possible_steps(view.state),
            answer_due_on=next((step.due_on for step in view.steps if step.due_on), None),
            steps=[ObjectionStepRead.model_validate(step) for step in view.steps],
        )


class ObjectionListed(BaseModel):
    """An objection in a list."""

    id: UUID
    dossier_id: UUID
    product_name: str
    level: Level
    unit_code: str
    filed_on: date
