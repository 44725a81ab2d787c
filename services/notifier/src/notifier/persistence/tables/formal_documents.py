"""Formal notices as documents of the e-office."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified


class EofficeOrganisation(Base):
    """The identifier of a unit in the document systems (QCVN 102)."""

    __tablename__ = "eoffice_organisations"

    unit_code: Mapped[str] = mapped_column(primary_key=True)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int]
    organisation: Mapped[str]
    name: Mapped[str]


class FormalDocument(Identified, Base):
    """One draft to one organisation about one matter and step, and what the e-office made of it.

    Its id is the reference the e-office knows. `signed_text` is what came back, `differs` whether it reads otherwise.
    """

    __tablename__ = "formal_documents"
    __table_args__ = (
        UniqueConstraint("about_id", "due_on", "step", "template_code", "organisation", name="formal_documents_once"),
        Index(
            "formal_documents_to_ask",
            "next_ask_at",
            postgresql_where=text("stage IN ('handed', 'issued', 'arrived')"),
        ),
    )

    about_id: Mapped[UUID]
    due_on: Mapped[date]
    step: Mapped[int] = mapped_column(SmallInteger)
    template_code: Mapped[str]
    unit_code: Mapped[str]
    organisation: Mapped[str]
    subject: Mapped[str]
    draft: Mapped[str]
    stage: Mapped[str]
    status_code: Mapped[str | None]
    eoffice_document: Mapped[str | None]
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    signer: Mapped[str | None]
    signed_text: Mapped[str | None]
    differs: Mapped[bool | None]
    handed_at: Mapped[datetime | None]
    next_ask_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class FormalDocumentStatus(Base):
    """Everything that was said of a document, also what changed nothing."""

    __tablename__ = "formal_document_statuses"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("formal_documents.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    stage: Mapped[str | None]
    source: Mapped[str]
    note: Mapped[str | None]
