"""Recomputations of all results of a province, and what they found. Findings are added, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class RecomputationRow(Identified, Base):
    """One pass over the results up to `upto`; `cursor` is the last one checked, so that any worker goes on from there.

    `total` is counted at the first step. `recorded_only` counts by sheet the results of sheets that are defective at
    the source. `claimed_until`: a worker has it in hand.
    """

    __tablename__ = "recomputations"
    __table_args__ = (
        Index("recomputations_one_running", "province_code", unique=True, postgresql_where=text("finished_at IS NULL")),
    )

    province_code: Mapped[str]
    started_by: Mapped[UUID]
    started_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())
    finished_at: Mapped[datetime | None]
    upto: Mapped[UUID | None]
    cursor: Mapped[UUID | None]
    total: Mapped[int | None]
    checked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    differing: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    recorded_only: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    claimed_until: Mapped[datetime | None]


class RecomputationFindingRow(Base):
    """One result that needs an eye: it differs, only its words differ, it cannot be computed, or a decision corrected
    it.
    """

    __tablename__ = "recomputation_findings"
    __table_args__ = (CheckConstraint("kind IN ('differs', 'wording', 'not_computable', 'corrected')", name="kind"),)

    recomputation_id: Mapped[UUID] = mapped_column(ForeignKey("recomputations.id"), primary_key=True)
    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID]
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
