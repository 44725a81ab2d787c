"""Documents of the process: frozen data, drawn files, signatures. Rows are added, never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class DocumentRow(Identified, Base):
    """One making of a document. Until one of them is signed it may be made again; each making is a revision.

    `dossier_id`, `round_id` and the unit (`level`, `unit_code`) that issues it say who may see it. `data` is what the
    template was filled with; with `template_hash` it draws the same bytes again.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "revision", name="documents_revision_key"),
        CheckConstraint("revision >= 1", name="revision"),
        Index("documents_subject_id", "subject_id"),
    )

    kind: Mapped[str]
    subject_id: Mapped[UUID]
    revision: Mapped[int]
    dossier_id: Mapped[UUID | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("rounds.id"), index=True)
    level: Mapped[str | None]
    unit_code: Mapped[str | None]
    template_version: Mapped[str]
    template_hash: Mapped[str]
    data: Mapped[dict[str, Any]]
    data_hash: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())


class DocumentFileRow(Base):
    """A file of a document in the store, under the SHA-256 of its content; `signed` is what the e-office returned."""

    __tablename__ = "document_files"
    __table_args__ = (
        CheckConstraint("format IN ('pdf', 'docx', 'signed')", name="format"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    format: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)


class DocumentSigningRow(Base):
    """Number, day and signer as they came back. One document of a kind is signed for a subject."""

    __tablename__ = "document_signings"
    __table_args__ = (UniqueConstraint("kind", "subject_id", name="document_signings_one_key"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    number: Mapped[str | None]
    signed_on: Mapped[date]
    signer: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())


class IssuedCertificateRow(Base):
    """A projection of registry's certificate, from its event: what a printed certificate must say."""

    __tablename__ = "issued_certificates"

    certificate_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(index=True)
    product_code: Mapped[str]
    decision_number: Mapped[str]
    star: Mapped[int]
    issued_on: Mapped[date]
    valid_to: Mapped[date]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())
