"""What a council does with a dossier besides scoring it: knock-outs and discussions. Rows are added, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified

_ROUND_DOSSIER = (["round_id", "dossier_id"], ["round_dossiers.round_id", "round_dossiers.dossier_id"])


class KnockOutRow(Identified, Base):
    """The council finds that a dossier is out before any ranking. `code` is a line of its sheet, or `other`.

    `evidence` says what shows it, `evidence_ids` which papers of the dossier. The votes are those of the members
    present, where the charter asks for a share.
    """

    __tablename__ = "knock_outs"
    __table_args__ = (
        ForeignKeyConstraint(*_ROUND_DOSSIER),
        CheckConstraint(
            "(votes_for IS NULL) = (votes_against IS NULL) AND votes_for >= 0 AND votes_against >= 0", name="votes"
        ),
        Index("knock_outs_round_dossier", "round_id", "dossier_id"),
    )

    round_id: Mapped[UUID]
    dossier_id: Mapped[UUID]
    code: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[str]
    evidence_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"))
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())


class KnockOutWithdrawalRow(Base):
    """The council takes a knock-out back before closing; both stay on record."""

    __tablename__ = "knock_out_withdrawals"

    knock_out_id: Mapped[UUID] = mapped_column(ForeignKey("knock_outs.id"), primary_key=True)
    reason: Mapped[str]
    withdrawn_by: Mapped[UUID]
    withdrawn_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())


class DiscussionRow(Identified, Base):
    """A discussion of a dossier in the council: `statements` is who said what, `attempt` the scoring it was about."""

    __tablename__ = "discussions"
    __table_args__ = (
        ForeignKeyConstraint(*_ROUND_DOSSIER),
        Index("discussions_round_dossier", "round_id", "dossier_id"),
    )

    round_id: Mapped[UUID]
    dossier_id: Mapped[UUID]
    attempt: Mapped[int]
    statements: Mapped[list[Any]]
    conclusion: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())
