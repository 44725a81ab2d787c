"""Score sheets (phiếu đánh giá): drafts that change, submitted ones that never do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base

_ROUND_DOSSIER = (["round_id", "dossier_id"], ["round_dossiers.round_id", "round_dossiers.dossier_id"])


class ScoreDraftRow(Base):
    """What a member has ticked so far; only he reads it. Gone once he submits."""

    __tablename__ = "score_drafts"
    __table_args__ = (ForeignKeyConstraint(*_ROUND_DOSSIER),)

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    choices: Mapped[dict[str, Any]]
    part_totals: Mapped[dict[str, Any]]
    notes: Mapped[dict[str, Any]]
    remarks: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class ScoreSheetRow(Base):
    """One member's submitted sheet on one dossier, one per attempt. Written by `submit_score_sheet()` (migration 0010)
    and by nothing else; the service's role may not change or delete it.

    `part_totals` only on a sheet whose criteria are not known; otherwise `score_choices` holds the answers.
    `content_hash` and `statement` are the member's signature, given at `submitted_at`; null on sheets of before.
    """

    __tablename__ = "score_sheets"
    __table_args__ = (
        ForeignKeyConstraint(*_ROUND_DOSSIER),
        UniqueConstraint("round_id", "dossier_id", "member_id", "attempt", name="score_sheets_one_each_key"),
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("(content_hash IS NULL) = (statement IS NULL)", name="signed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    dossier_id: Mapped[UUID]
    member_id: Mapped[UUID]
    attempt: Mapped[int]
    total: Mapped[int]
    part_totals: Mapped[dict[str, Any] | None]
    remarks: Mapped[str | None]
    sheet_hash: Mapped[str]
    submitted_at: Mapped[datetime]
    content_hash: Mapped[str | None]
    statement: Mapped[str | None]


class ScoreChoiceRow(Base):
    """The answer to one criterion: the choice as written, and the points it counts."""

    __tablename__ = "score_choices"
    __table_args__ = (CheckConstraint("points >= 0", name="points"),)

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("score_sheets.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    choice: Mapped[str]
    points: Mapped[int]
    note: Mapped[str | None]
