"""The yearly programme: plans with targets, deadlines and the duties they make; trainings; reports of units."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base
from shared.db.tables import Identified, Versioned


class PlanRow(Versioned, Base):
    """A plan of a province for a year. Drafts may be many; one is published."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        CheckConstraint("(state = 'published') = (published_on IS NOT NULL)", name="publication"),
        Index(
            "plans_one_published", "year", "province_code", unique=True, postgresql_where=text("state = 'published'")
        ),
    )

    year: Mapped[int]
    province_code: Mapped[str]
    title: Mapped[str]
    ruleset: Mapped[str]
    source: Mapped[str | None]
    legal_basis: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(default="draft")
    published_on: Mapped[date | None]
    drafted_by: Mapped[UUID]
    published_by: Mapped[UUID | None]


class PlanTargetRow(Identified, Base):
    """What is to be reached; the numbers are the plan's, never the code's."""

    __tablename__ = "plan_targets"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    position: Mapped[int]
    code: Mapped[str]
    section: Mapped[str | None]
    vi: Mapped[str]
    en: Mapped[str | None]
    indicator: Mapped[str]
    measure: Mapped[str]
    of: Mapped[str | None]
    at_least: Mapped[Decimal] = mapped_column(Numeric)
    expected_up_to: Mapped[Decimal | None] = mapped_column(Numeric)
    unit_level: Mapped[str | None]
    per_unit_at_least: Mapped[int | None]
    after_months: Mapped[int | None]
    by: Mapped[date | None]
    note: Mapped[str | None]
    parameters: Mapped[dict[str, Any]]


class PlanDeadlineRow(Versioned, Base):
    """A deadline of the plan: a day, or one per quarter. `audience`: which levels have the duty, and whose it is."""

    __tablename__ = "plan_deadlines"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint("(due_on IS NULL) <> (recurs IS NULL)", name="when"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    position: Mapped[int]
    code: Mapped[str]
    section: Mapped[str | None]
    vi: Mapped[str]
    en: Mapped[str | None]
    who: Mapped[str | None]
    due_on: Mapped[date | None]
    reading: Mapped[str | None]
    recurs: Mapped[str | None]
    recurs_rule: Mapped[str | None]
    due_on_rule: Mapped[str | None]
    audience: Mapped[list[Any]]
    fulfilled_by: Mapped[str]


class PlanDutyRow(Identified, Base):
    """One unit's duty in one period, made when the plan is published; its id is the `deadline_id` others know."""

    __tablename__ = "plan_duties"
    __table_args__ = (
        UniqueConstraint("deadline_id", "unit_code", "period"),
        CheckConstraint("revision > 0", name="revision"),
    )

    deadline_id: Mapped[UUID] = mapped_column(ForeignKey("plan_deadlines.id"))
    period: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    level: Mapped[str]
    responsible: Mapped[str]
    superior: Mapped[str]
    superior_unit_code: Mapped[str]
    due_on: Mapped[date]
    revision: Mapped[int] = mapped_column(default=1)


class TrainingRow(Identified, Base):
    """A training that was held, for officers or for producers (plan 2023 II.2)."""

    __tablename__ = "trainings"
    __table_args__ = (CheckConstraint("kind IN ('officers', 'producers')", name="kind"),)

    title: Mapped[str]
    held_on: Mapped[date]
    kind: Mapped[str]
    unit_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    recorded_by: Mapped[UUID]
    recorded_for: Mapped[str]
    """The unit whose secretary recorded it."""


class TrainedPersonRow(Base):
    """An officer who took part."""

    __tablename__ = "trained_people"

    training_id: Mapped[UUID] = mapped_column(ForeignKey("trainings.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)


class TrainedProducerRow(Base):
    """A producer that took part."""

    __tablename__ = "trained_producers"

    training_id: Mapped[UUID] = mapped_column(ForeignKey("trainings.id"), primary_key=True)
    producer_id: Mapped[UUID] = mapped_column(ForeignKey("producers.id"), primary_key=True)


class UnitReportRow(Identified, Base):
    """A unit's periodic report or review meeting (plan 2023 III.2, V.11): one per code and period."""

    __tablename__ = "unit_reports"
    __table_args__ = (UniqueConstraint("unit_code", "code", "period"), Index("unit_reports_year", "year", "unit_code"))

    unit_code: Mapped[str]
    province_code: Mapped[str]
    year: Mapped[int]
    code: Mapped[str]
    period: Mapped[str]
    summary: Mapped[str]
    submitted_on: Mapped[date]
    submitted_by: Mapped[UUID]
