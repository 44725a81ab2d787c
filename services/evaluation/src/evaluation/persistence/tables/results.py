"""Results of closed rounds, and what became of each. Rows are added, never changed."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class ResultRow(Identified, Base):
    """What a council's score sheets on one dossier came to, with everything needed to compute it again.

    The mean is exact, `mean_numerator / mean_denominator` in lowest terms; `mean_decimal` is for display.
    `parts` and `criteria` are exact means as fractions in text, `totals` each member's points by seat.
    A dossier that was knocked out has no star; it has no mean and no band either when nobody scored it.
    `forwards_to` is the level the ruleset sends this result to, else None.
    """

    __tablename__ = "results"
    __table_args__ = (
        ForeignKeyConstraint(["round_id", "dossier_id"], ["round_dossiers.round_id", "round_dossiers.dossier_id"]),
        UniqueConstraint("round_id", "dossier_id", name="results_round_dossier_key"),
        CheckConstraint("mean_denominator > 0 AND mean_numerator >= 0", name="mean"),
        CheckConstraint("knocked_out = (star IS NULL)", name="knocked_out"),
        Index("results_dossier", "dossier_id", "id"),
    )

    dossier_id: Mapped[UUID]
    level: Mapped[str]
    round_id: Mapped[UUID]
    mean_numerator: Mapped[int | None]
    mean_denominator: Mapped[int | None]
    mean_decimal: Mapped[str | None]
    band: Mapped[int | None]
    star: Mapped[int | None]
    knocked_out: Mapped[bool] = mapped_column(server_default=text("false"))
    recognised: Mapped[bool]
    forwards_to: Mapped[str | None]
    parts: Mapped[dict[str, Any]]
    criteria: Mapped[dict[str, Any]]
    totals: Mapped[dict[str, Any]]
    floors_missed: Mapped[list[Any]]
    steps: Mapped[list[Any]]
    inputs: Mapped[dict[str, Any]]
    ruleset_id: Mapped[str]
    ruleset_hash: Mapped[str]
    sheet_id: Mapped[str]
    sheet_hash: Mapped[str]
    charter_id: Mapped[str]
    charter_hash: Mapped[str]


class OutcomeRow(Identified, Base):
    """What became of a result (evaluated again: lowered above, scored anew below). Its producer may read it now."""

    __tablename__ = "outcomes"
    __table_args__ = (
        CheckConstraint("outcome IN ('recognised', 'forwarded', 'not_recognised', 'evaluated_again')", name="outcome"),
        Index("outcomes_round", "round_id"),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"), unique=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"))
    outcome: Mapped[str]
    on_day: Mapped[date]
    person_id: Mapped[UUID]
