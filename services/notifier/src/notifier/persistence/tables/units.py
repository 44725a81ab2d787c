"""Administrative units as registry's public list has them: a projection, never edited here."""

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base


class UnitProjection(Base):
    """In which district and province a unit lies. Codes are reused: a unit is its code and `valid_from`."""

    __tablename__ = "unit_projections"
    __table_args__ = (Index("unit_projections_seen_on", "seen_on"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    """Last day, inclusive; None while open."""
    district_code: Mapped[str | None]
    province_code: Mapped[str | None]
    seen_on: Mapped[date]
    """When registry last named it (programme time)."""
