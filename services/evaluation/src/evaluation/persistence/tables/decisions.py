"""Decisions of recognition (quyết định công nhận). Rows are added, never changed."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class DecisionRow(Identified, Base):
    """The decision by which the body the ruleset names recognises a product's star."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("level", "unit_code", "number", "signed_year", name="decisions_number_key"),
        CheckConstraint("star >= 1", name="star"),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"), unique=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), index=True)
    level: Mapped[str]
    unit_code: Mapped[str]
    body: Mapped[str]
    number: Mapped[str]
    signed_on: Mapped[date]
    signed_year: Mapped[int] = mapped_column(Computed("EXTRACT(year FROM signed_on)::integer", persisted=True))
    """A unit's numbers begin again each year."""
    star: Mapped[int]
    ruleset_id: Mapped[str]
    decided_by: Mapped[str]
    person_id: Mapped[UUID]
