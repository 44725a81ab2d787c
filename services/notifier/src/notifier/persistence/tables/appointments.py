"""Appointments as registry told them: a projection, never edited here."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified


class AppointmentProjection(Identified, Base):
    """Who may be told what. `id` is registry's; the row with the highest `revision` stands."""

    __tablename__ = "appointment_projections"
    __table_args__ = (
        Index("appointment_projections_unit_code_role", "unit_code", "role"),
        Index("appointment_projections_role", "role"),
        Index("appointment_projections_person_id", "person_id"),
        Index("appointment_projections_producer_id", "producer_id"),
    )

    person_id: Mapped[UUID]
    person_name: Mapped[str]
    email: Mapped[str | None]
    role: Mapped[str]
    level: Mapped[str]
    unit_code: Mapped[str]
    producer_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """Last day, inclusive; None while open."""
    revision: Mapped[int] = mapped_column(BigInteger)
