"""What a council's advisory team (Tổ tư vấn) finds on a dossier (26/2026 Art. 7.3). Rows are added, never changed."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class AdvisoryRecordRow(Identified, Base):
    """One record of the team. `content` is the wire model of its `kind`; a test result `answers` a test request.

    The newest report of a level is the one that counts; earlier ones are kept.
    """

    __tablename__ = "advisory_records"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('check', 'site_visit', 'samples', 'test_request', 'test_result', 'report')", name="kind"
        ),
        CheckConstraint("(kind = 'test_result') = (answers IS NOT NULL)", name="answers"),
        Index("advisory_records_dossier", "dossier_id", "id"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    council_id: Mapped[UUID] = mapped_column(ForeignKey("councils.id"))
    level: Mapped[str]
    kind: Mapped[str]
    answers: Mapped[UUID | None] = mapped_column(ForeignKey("advisory_records.id"))
    on_day: Mapped[date]
    content: Mapped[dict[str, Any]]
    written_by: Mapped[UUID]
    writer: Mapped[str]


class AdvisoryFileRow(Base):
    """A photo or paper of a record, by its content."""

    __tablename__ = "advisory_files"

    record_id: Mapped[UUID] = mapped_column(ForeignKey("advisory_records.id"), primary_key=True)
    file_sha256: Mapped[str] = mapped_column(ForeignKey("evidence_files.sha256"), primary_key=True, index=True)
