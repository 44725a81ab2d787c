"""What follows a result: approval, the upper level's word, publication, a new evaluation. Rows are added only."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class RecordedResultRow(Identified, Base):
    """An upper level's result as its document says it, where that level scored outside this system.

    The mean is exact, `mean_numerator / mean_denominator`.
    """

    __tablename__ = "recorded_results"
    __table_args__ = (
        CheckConstraint("mean_denominator > 0 AND mean_numerator >= 0", name="mean"),
        Index("recorded_results_dossier", "dossier_id", "id"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    level: Mapped[str]
    mean_numerator: Mapped[int]
    mean_denominator: Mapped[int]
    mean_decimal: Mapped[str]
    star: Mapped[int]
    recognised: Mapped[bool]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("decision_documents.id"))
    ruleset_id: Mapped[str]
    reasons: Mapped[str | None]
    person_id: Mapped[UUID]
    on_day: Mapped[date]


class ResultApprovalRow(Identified, Base):
    """The decision that approves a result before it goes up (quyết định phê duyệt kết quả)."""

    __tablename__ = "result_approvals"

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"), unique=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    document_id: Mapped[UUID] = mapped_column(ForeignKey("decision_documents.id"))
    person_id: Mapped[UUID]


class PublicationRow(Identified, Base):
    """The result list of a round, public from this day on."""

    __tablename__ = "publications"
    __table_args__ = (Index("publications_year", "year", "id"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"), unique=True)
    level: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    year: Mapped[int]
    published_on: Mapped[date]
    person_id: Mapped[UUID]


class ReopeningRow(Identified, Base):
    """A dossier that is evaluated again at a level; `attempt` is the evaluation it begins (the first was 1)."""

    __tablename__ = "reopenings"
    __table_args__ = (
        CheckConstraint("cause IN ('objection', 'lowered_above')", name="cause"),
        CheckConstraint("attempt >= 2", name="attempt"),
        UniqueConstraint("dossier_id", "attempt", name="reopenings_attempt_key"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    level: Mapped[str]
    attempt: Mapped[int]
    cause: Mapped[str]
    objection_id: Mapped[UUID | None] = mapped_column(ForeignKey("objections.id"))
    reasons: Mapped[str]
    person_id: Mapped[UUID]
    on_day: Mapped[date]
