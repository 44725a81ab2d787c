"""What the commune reports on a dossier: four items, no points (26/2026 Art. 7.2, Form 03)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class CommuneReportRow(Identified, Base):
    """The commune's report. `items` holds {item, claim, observed} for each item the ruleset names."""

    __tablename__ = "commune_reports"
    __table_args__ = (UniqueConstraint("dossier_id"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    items: Mapped[list[Any]]
    conclusion: Mapped[str]
    meeting: Mapped[dict[str, Any] | None]
    """{held_on, attendees: [{name, position, body, opinion}]} where the chair called a meeting."""
    reported_on: Mapped[date]
    reported_by: Mapped[UUID]
