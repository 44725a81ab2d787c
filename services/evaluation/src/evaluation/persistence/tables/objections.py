"""A producer's objection to a result, and each step on it. Rows are added, never changed."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified

ANSWERED = "step IN ('upheld', 'partly_upheld', 'refused')"


class ObjectionRow(Identified, Base):
    """An objection to one result, once. `window_until` was the last day to file it, `source` says by which rule."""

    __tablename__ = "objections"
    __table_args__ = (
        CheckConstraint("(result_id IS NULL) <> (recorded_result_id IS NULL)", name="one_result"),
        Index("objections_dossier", "dossier_id", "id"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    result_id: Mapped[UUID | None] = mapped_column(ForeignKey("results.id"), unique=True)
    recorded_result_id: Mapped[UUID | None] = mapped_column(ForeignKey("recorded_results.id"), unique=True)
    producer_id: Mapped[UUID]
    level: Mapped[str]
    unit_code: Mapped[str]
    grounds: Mapped[str]
    criteria: Mapped[list[Any]]
    filed_on: Mapped[date]
    window_until: Mapped[date]
    source: Mapped[str]
    person_id: Mapped[UUID]


class ObjectionStepRow(Identified, Base):
    """What was done on an objection. Its state is its newest step; `due_on` is when the answer is due."""

    __tablename__ = "objection_steps"
    __table_args__ = (
        CheckConstraint("step IN ('received', 'examined', 'upheld', 'partly_upheld', 'refused')", name="step"),
        CheckConstraint("remedy IN ('reopening', 'correction')", name="remedy"),
        UniqueConstraint("objection_id", "step", name="objection_steps_step_key"),
        Index("objection_steps_one_answer", "objection_id", unique=True, postgresql_where=text(ANSWERED)),
    )

    objection_id: Mapped[UUID] = mapped_column(ForeignKey("objections.id"))
    step: Mapped[str]
    on_day: Mapped[date]
    words: Mapped[str | None]
    remedy: Mapped[str | None]
    due_on: Mapped[date | None]
    source: Mapped[str | None]
    person_id: Mapped[UUID]
