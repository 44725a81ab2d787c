"""Councils (Hội đồng đánh giá, phân hạng) and who sits on them."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class CouncilRow(Identified, Base):
    """One council of one unit, set up by a decision of that unit, working by one version of a charter.

    The chair is one of its members: a deferred foreign key holds it to exactly one.
    """

    __tablename__ = "councils"
    __table_args__ = (
        UniqueConstraint("level", "unit_code", "year", "decision_number", name="councils_decision_key"),
        CheckConstraint("year BETWEEN 2018 AND 2100", name="year"),
        ForeignKeyConstraint(
            ["id", "chair_id"],
            ["council_members.council_id", "council_members.person_id"],
            name="councils_chair_is_member_fkey",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
    )

    level: Mapped[str]
    unit_code: Mapped[str]
    year: Mapped[int]
    decision_number: Mapped[str]
    decided_on: Mapped[date | None]
    charter_id: Mapped[str] = mapped_column(ForeignKey("charters.id"))
    charter_hash: Mapped[str]
    chair_id: Mapped[UUID]
    created_by: Mapped[UUID]


class CouncilMemberRow(Base):
    """A seat: seat 1 is the chair's. People appear in results by their seat, not by name."""

    __tablename__ = "council_members"
    __table_args__ = (
        UniqueConstraint("council_id", "seat", name="council_members_seat_key"),
        CheckConstraint("seat >= 1", name="seat"),
        CheckConstraint("post IN ('chair', 'vice_chair', 'member', 'expert')", name="post"),
    )

    council_id: Mapped[UUID] = mapped_column(ForeignKey("councils.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    seat: Mapped[int]
    name: Mapped[str]
    body: Mapped[str]
    post: Mapped[str] = mapped_column(default="member", server_default=text("'member'"))
    body_code: Mapped[str | None]
    """The body's code in registry, by which dossiers are routed to it."""
