"""Proposals to revoke a certificate, and what was decided on them. Rows are added, never changed."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class RevocationRow(Identified, Base):
    """A proposal (26/2026 Art. 8): cause, finding and evidence. The certificate is as registry told it that day.

    `certificate_decided_by` is who issued it, `unit_code` and `unit_name` who decides now: the successor where the
    issuing body was abolished. `due_on` ends the ruleset's clock; None where it has none.
    """

    __tablename__ = "revocations"
    __table_args__ = (
        CheckConstraint(
            "finding IN ('authority_conclusion', 'commune_confirmation', 'ministry_request')", name="finding"
        ),
        Index("revocations_certificate", "certificate_id", "id"),
        Index("revocations_province", "province_code", "id"),
    )

    certificate_id: Mapped[UUID]
    product_id: Mapped[UUID]
    producer_id: Mapped[UUID]
    dossier_id: Mapped[UUID | None]
    product_name: Mapped[str]
    product_code: Mapped[str]
    star: Mapped[int]
    certificate_decision: Mapped[str]
    certificate_decided_by: Mapped[str]
    issued_on: Mapped[date]
    commune_code: Mapped[str]
    province_code: Mapped[str]
    ruleset_id: Mapped[str] = mapped_column(ForeignKey("rulesets.id"))
    cause: Mapped[str]
    finding: Mapped[str]
    finding_number: Mapped[str | None]
    finding_by: Mapped[str]
    finding_on: Mapped[date]
    evidence: Mapped[str]
    file_sha256: Mapped[str | None]
    body: Mapped[str]
    level: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str]
    due_on: Mapped[date | None]
    source: Mapped[str]
    proposed_on: Mapped[date]
    person_id: Mapped[UUID]


class RevocationDecisionRow(Identified, Base):
    """What the body decided: revoked from `effective_on` by a document, or the proposal dismissed."""

    __tablename__ = "revocation_decisions"
    __table_args__ = (
        CheckConstraint(
            "revoked = (document_id IS NOT NULL) AND revoked = (effective_on IS NOT NULL)"
            " AND revoked = (public_words IS NOT NULL)",
            name="revoked",
        ),
    )

    revocation_id: Mapped[UUID] = mapped_column(ForeignKey("revocations.id"), unique=True)
    revoked: Mapped[bool]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision_documents.id"))
    effective_on: Mapped[date | None]
    public_words: Mapped[str | None]
    reasons: Mapped[str]
    person_id: Mapped[UUID]
    on_day: Mapped[date]
