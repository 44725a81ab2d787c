"""Signed decisions, and what each says of which dossier. Rows are added, never changed."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class DecisionDocumentRow(Identified, Base):
    """A document as signed: recognition, approval of a result, an upper level's result, correction or revocation.

    One document may cover many products. A unit's numbers are unique within the year, whatever the kind.
    """

    __tablename__ = "decision_documents"
    __table_args__ = (
        UniqueConstraint("level", "unit_code", "number", "signed_year", name="decision_documents_number_key"),
        CheckConstraint("kind IN ('recognition', 'approval', 'upper_result', 'correction', 'revocation')", name="kind"),
    )

    kind: Mapped[str]
    level: Mapped[str]
    unit_code: Mapped[str]
    body: Mapped[str]
    number: Mapped[str]
    signed_on: Mapped[date]
    signed_year: Mapped[int] = mapped_column(Computed("EXTRACT(year FROM signed_on)::integer", persisted=True))
    decided_by: Mapped[str]
    file_sha256: Mapped[str | None]
    """The signed file, when it came back."""
    person_id: Mapped[UUID]


class DecisionRow(Identified, Base):
    """That the body the ruleset names recognised one product's star, by the document `document_id`.

    It rests on a council's result or on a recorded one. A correction adds a row that `supersedes` this one.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("star >= 1", name="star"),
        CheckConstraint("(result_id IS NULL) <> (recorded_result_id IS NULL)", name="one_result"),
        Index("decisions_result_once", "result_id", unique=True, postgresql_where=text("supersedes IS NULL")),
        Index(
            "decisions_recorded_once", "recorded_result_id", unique=True, postgresql_where=text("supersedes IS NULL")
        ),
        Index("decisions_document", "document_id"),
    )

    result_id: Mapped[UUID | None] = mapped_column(ForeignKey("results.id"))
    recorded_result_id: Mapped[UUID | None] = mapped_column(ForeignKey("recorded_results.id"))
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision_documents.id"))
    supersedes: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id"), unique=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), index=True)
    level: Mapped[str]
    unit_code: Mapped[str]
    body: Mapped[str]
    number: Mapped[str]
    signed_on: Mapped[date]
    signed_year: Mapped[int] = mapped_column(Computed("EXTRACT(year FROM signed_on)::integer", persisted=True))
    """A unit's numbers begin again each year."""
    star: Mapped[int]
    ruleset_id: Mapped[str]
    decided_by: Mapped[str]
    person_id: Mapped[UUID]


class CorrectionRow(Identified, Base):
    """A decision corrected by a later one, with the reason; `star` None takes the recognition back."""

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint("basis IN ('transcription', 'inspection', 'objection')", name="basis"),
        CheckConstraint("(star IS NULL) = (new_decision_id IS NULL)", name="version"),
    )

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"), unique=True)
    new_decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id"))
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), index=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("decision_documents.id"))
    basis: Mapped[str]
    reasons: Mapped[str]
    star: Mapped[int | None]
    mean_decimal: Mapped[str | None]
    """The points as corrected, for display; None where they stay."""
    person_id: Mapped[UUID]
    on_day: Mapped[date]
