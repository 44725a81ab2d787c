"""Evidence: files known by their content, and what each dossier uses them for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger, Text

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class EvidenceFileRow(Base):
    """One content in the object store, under its SHA-256 (hex, lower case)."""

    __tablename__ = "evidence_files"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size > 0", name="size"),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    crc32: Mapped[int | None] = mapped_column(BigInteger)
    """As zip archives want it; null where the content came before it was noted."""


class EvidenceUploadRow(Base):
    """Who sent the bytes of a file: to know a hash is not to have the paper."""

    __tablename__ = "evidence_uploads"

    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_files.sha256"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    uploaded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EvidenceRow(Identified, Base):
    """A paper of a dossier: a file, what it is called, and the criteria it supports."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("dossier_id", "file_sha256", "name"),
        CheckConstraint("expires_on >= issued_on", name="validity"),
        Index("evidence_file", "file_sha256"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("evidence_files.sha256"))
    name: Mapped[str]
    criteria: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    issuer: Mapped[str | None]
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    attached_by: Mapped[UUID]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Grows with each edit of what is said of the paper; its ETag."""
