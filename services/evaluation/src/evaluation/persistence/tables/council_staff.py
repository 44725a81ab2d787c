"""Who works with a council without a vote, replaced members, and which body checks what."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class CouncilStaffRow(Base):
    """Secretary, advisory team (Tổ tư vấn) and invited experts of a council: they give no points."""

    __tablename__ = "council_staff"
    __table_args__ = (
        CheckConstraint("post IN ('secretary', 'advisory_head', 'advisory_member', 'invited_expert')", name="post"),
    )

    council_id: Mapped[UUID] = mapped_column(ForeignKey("councils.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    post: Mapped[str]
    name: Mapped[str]
    body: Mapped[str]
    body_code: Mapped[str | None]


class CouncilChangeRow(Identified, Base):
    """A member replaced by a later decision. Added, never changed; a seat number is not given to a second member."""

    __tablename__ = "council_changes"
    __table_args__ = (Index("council_changes_council", "council_id", "id"),)

    council_id: Mapped[UUID] = mapped_column(ForeignKey("councils.id"))
    left_seat: Mapped[int]
    left_id: Mapped[UUID]
    left_name: Mapped[str]
    left_body: Mapped[str]
    joined_seat: Mapped[int]
    joined_id: Mapped[UUID]
    joined_name: Mapped[str]
    joined_body: Mapped[str]
    decision_number: Mapped[str]
    decided_on: Mapped[date]
    changed_by: Mapped[UUID]


class RoutingRow(Identified, Base):
    """Which bodies check which product groups and kinds of paper, from a day on; `unit_code` None: everywhere."""

    __tablename__ = "routings"
    __table_args__ = (
        UniqueConstraint(
            "unit_code", "effective_from", "hash", name="routings_version_key", postgresql_nulls_not_distinct=True
        ),
    )

    unit_code: Mapped[str | None]
    source: Mapped[str]
    effective_from: Mapped[date]
    document: Mapped[dict[str, Any]]
    hash: Mapped[str]
    set_by: Mapped[UUID | None]
