"""Absences of officials and who stands in for them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from notifier.persistence.tables.base import Base
from shared.db.tables import Versioned


class AbsenceRow(Versioned, Base):
    """From `from_on` to `to_on`, both inclusive, `deputy_id` is told what the person's offices are told."""

    __tablename__ = "absences"
    __table_args__ = (
        ExcludeConstraint(
            ("person_id", "="),
            (text("daterange(from_on, to_on, '[]')"), "&&"),
            name="absences_one_at_a_time",
            using="gist",
            where=text("cancelled_at IS NULL"),
        ),
        Index("absences_person_id", "person_id", "from_on"),
        Index("absences_deputy_id", "deputy_id", "from_on"),
    )

    person_id: Mapped[UUID]
    person_name: Mapped[str]
    deputy_id: Mapped[UUID]
    deputy_name: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date]
    basis: Mapped[str]
    """same_unit: both hold an office of one unit; superior: who stands above named the deputy."""
    reason: Mapped[str | None]
    declared_by: Mapped[UUID]
    declared_at: Mapped[datetime]
    cancelled_by: Mapped[UUID | None]
    cancelled_at: Mapped[datetime | None]
    """From then on it counts no more; until then it did."""
