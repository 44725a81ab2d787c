"""What superiors were told about deadlines at risk."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified


class RiskReport(Identified, Base):
    """One week's report to one superior: every deadline of theirs that is at risk, as it stood then."""

    __tablename__ = "risk_reports"
    __table_args__ = (
        UniqueConstraint("week_on", "superior", "superior_unit_code"),
        Index("risk_reports_unnoticed", "id", postgresql_where=text("noticed_at IS NULL")),
    )

    week_on: Mapped[date]
    """The day it is for: the weekday that the policy names."""
    superior: Mapped[str]
    superior_unit_code: Mapped[str]
    policy_id: Mapped[str] = mapped_column(ForeignKey("reminder_policies.id"))
    lines: Mapped[list[Any]]
    made_at: Mapped[datetime]
    noticed_at: Mapped[datetime | None]
