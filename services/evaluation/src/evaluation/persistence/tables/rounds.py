"""Rounds of scoring: which dossiers a council scores by when, who stands aside, what is scored again."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified, Versioned


class RoundRow(Versioned, Base):
    """A round: planned, then open for scoring, then closed with results.

    `finished_on` is the day its last result was decided, forwarded or refused. Level, unit and year repeat the
    council's; `province_code` is None at the centre. Nothing about a score sheet ever changes this row, so that its
    version and times tell nobody who has scored.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'open', 'closed')", name="state"),
        CheckConstraint("(state = 'planned') = (opened_at IS NULL)", name="opened"),
        CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (closed_by IS NULL)", name="closed"
        ),
        CheckConstraint("finished_on IS NULL OR state = 'closed'", name="finished"),
        Index("rounds_unit", "level", "unit_code", "year"),
        Index("rounds_province", "province_code", "year"),
    )

    council_id: Mapped[UUID] = mapped_column(ForeignKey("councils.id"), index=True)
    level: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    province_code: Mapped[str | None]
    year: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="planned")
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    finished_on: Mapped[date | None]
    created_by: Mapped[UUID]


class RoundDossierRow(Base):
    """A dossier in a round, with the versions of law it is scored by.

    `live` until the round closes: a dossier is in one live round at a time. `attempt` grows when the chair orders it
    scored again; sheets of earlier attempts no longer count. `agreed` holds the council's options for criteria with
    a star floor.
    """

    __tablename__ = "round_dossiers"
    __table_args__ = (
        Index("round_dossiers_one_live_round", "dossier_id", unique=True, postgresql_where=text("live")),
        Index("round_dossiers_dossier", "dossier_id"),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("left_because IN ('returned', 'taken_out', 'moved', 'withdrawn')", name="left_because"),
        CheckConstraint(
            "(left_at IS NULL) = (left_because IS NULL) AND NOT (live AND left_at IS NOT NULL)", name="left"
        ),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    live: Mapped[bool] = mapped_column(default=True)
    attempt: Mapped[int] = mapped_column(default=1)
    ruleset_id: Mapped[str]
    ruleset_hash: Mapped[str]
    sheet_id: Mapped[str]
    sheet_hash: Mapped[str]
    agreed: Mapped[dict[str, Any] | None]
    agreed_version: Mapped[int] = mapped_column(default=0)
    left_at: Mapped[datetime | None]
    """When the dossier left the round before it closed; its sheets are kept and do not count."""
    left_because: Mapped[str | None]
    state_before: Mapped[str | None]
    """The dossier's state when it joined, to which taking it out leads back."""


class ConflictRow(Base):
    """A member's declared conflict of interest. `excluded` as the charter says: he neither sees nor scores it.

    `relation` is a code of data/conflicts. `recused_by`: the chair decided it, with `decision_number` where there is
    one; None where the member declared it himself.
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        ForeignKeyConstraint(["round_id", "dossier_id"], ["round_dossiers.round_id", "round_dossiers.dossier_id"]),
        CheckConstraint("decision_number IS NULL OR recused_by IS NOT NULL", name="decided"),
        Index("conflicts_member", "member_id", "dossier_id"),
    )

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    excluded: Mapped[bool] = mapped_column(primary_key=True)
    declared_at: Mapped[datetime]
    relation: Mapped[str] = mapped_column(server_default=text("'other'"))
    recused_by: Mapped[UUID | None]
    decision_number: Mapped[str | None]


class RescoringRow(Identified, Base):
    """The chair's order that a dossier be scored again; `attempt` is the one it begins."""

    __tablename__ = "rescorings"
    __table_args__ = (
        ForeignKeyConstraint(["round_id", "dossier_id"], ["round_dossiers.round_id", "round_dossiers.dossier_id"]),
        UniqueConstraint("round_id", "dossier_id", "attempt", name="rescorings_attempt_key"),
    )

    round_id: Mapped[UUID]
    dossier_id: Mapped[UUID]
    attempt: Mapped[int]
    reason: Mapped[str]
    ordered_by: Mapped[UUID]
    ordered_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())
