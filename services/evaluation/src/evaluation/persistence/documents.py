"""All SQL of documents, their files and their signing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.document_visibility import documents_visible_to
from evaluation.persistence.tables.documents import (
    DocumentFileRow,
    DocumentRow,
    DocumentSigningRow,
    IssuedCertificateRow,
)
from evaluation.persistence.tables.evidence import EvidenceFileRow, EvidenceUploadRow
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

_FILE = func.jsonb_build_object(
    "format", DocumentFileRow.format, "sha256", DocumentFileRow.sha256, "size", DocumentFileRow.size
)
_FILES = (
    select(func.jsonb_agg(aggregate_order_by(_FILE, DocumentFileRow.format)))
    .where(DocumentFileRow.document_id == DocumentRow.id)
    .scalar_subquery()
    .label("files")
)
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended('document ' || :kind || ' ' || :subject_id, 0))")


class DocumentRepository:
    """Documents of one transaction. Reads for a caller go through `documents_visible_to`."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def _readable(self, actor: Actor) -> Select[Any]:
        return (
            select(DocumentRow, _FILES, DocumentSigningRow)
            .outerjoin(DocumentSigningRow, DocumentSigningRow.document_id == DocumentRow.id)
            .where(documents_visible_to(actor))
        )

    async def read(self, actor: Actor, document_id: UUID) -> Row[Any]:
        """(document, files, signing). Raises NotFound when unknown or out of scope."""
        found = await self.session.execute(self._readable(actor).where(DocumentRow.id == document_id))
        row: Row[Any] | None = found.one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def page(self, actor: Actor, page: PageRequest, filters: dict[str, Any]) -> tuple[list[Row[Any]], str | None]:
        """(document, files, signing) of each document the person may see, newest first."""
        statement = self._readable(actor)
        for name, value in filters.items():
            if value is not None:
                statement = statement.where(getattr(DocumentRow, name) == value)
        return await fetch_page(
            self.session, statement, [DocumentRow.created_at, DocumentRow.id], page, descending=True
        )

    async def signed_of_dossier(
        self, actor: Actor, dossier_id: UUID
    ) -> list[tuple[DocumentRow, list[dict[str, Any]], DocumentSigningRow]]:
        """(document, files, signing) of each signed document of a dossier that the person may see, oldest first."""
        statement = self._readable(actor).where(
            DocumentRow.dossier_id == dossier_id, DocumentSigningRow.document_id.is_not(None)
        )
        return [(row[0], row[1], row[2]) for row in await self.session.execute(statement.order_by(DocumentRow.id))]

    async def hold(self, kind: str, subject_id: UUID) -> None:
        """Let nobody else make or sign this document until the transaction ends."""
        await self.session.execute(_HOLD, {"kind": kind, "subject_id": str(subject_id)})

    async def latest(self, kind: str, subject_id: UUID) -> DocumentRow | None:
        """The newest making; the caller may make it."""
        statement = select(DocumentRow).where(DocumentRow.kind == kind, DocumentRow.subject_id == subject_id)
        return (await self.session.scalars(statement.order_by(DocumentRow.revision.desc()).limit(1))).one_or_none()

    async def signing(self, kind: str, subject_id: UUID) -> DocumentSigningRow | None:
        """The signing of the document of this kind about this subject."""
        statement = select(DocumentSigningRow).where(
            DocumentSigningRow.kind == kind, DocumentSigningRow.subject_id == subject_id
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def add(self, document: DocumentRow, files: Sequence[DocumentFileRow]) -> None:
        """Write a making with its files."""
        self.session.add(document)
        await self.session.flush()
        self.session.add_all(files)
        await self.session.flush()

    async def sign(self, signing: DocumentSigningRow, file: DocumentFileRow | None) -> None:
        """Write number, day, signer and the signed file."""
        self.session.add_all([signing] if file is None else [signing, file])
        await self.session.flush()

    async def sent_by(self, sha256: str, person_id: UUID) -> EvidenceFileRow | None:
        """A stored content that the person sent; None otherwise."""
        statement = (
            select(EvidenceFileRow)
            .join(EvidenceUploadRow, EvidenceUploadRow.sha256 == EvidenceFileRow.sha256)
            .where(EvidenceFileRow.sha256 == sha256, EvidenceUploadRow.person_id == person_id)
            .with_for_update(read=True, key_share=True, of=EvidenceFileRow)  # it must not be cleaned away now
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def usable_by(self, sha256: str, actor: Actor) -> EvidenceFileRow | None:
        """A stored content that the person sent, or the signed file of a document he sees; None otherwise."""
        sent = exists().where(
            EvidenceUploadRow.sha256 == EvidenceFileRow.sha256, EvidenceUploadRow.person_id == actor.person_id
        )
        signed = (
            select(DocumentFileRow.document_id)
            .join(DocumentRow, DocumentRow.id == DocumentFileRow.document_id)
            .where(DocumentFileRow.sha256 == EvidenceFileRow.sha256, DocumentFileRow.format == "signed")
            .where(documents_visible_to(actor))
            .exists()
        )
        statement = select(EvidenceFileRow).where(EvidenceFileRow.sha256 == sha256, or_(sent, signed))
        held = statement.with_for_update(read=True, key_share=True)  # it must not be cleaned away now
        return (await self.session.scalars(held)).one_or_none()

    async def note_certificate(self, values: dict[str, Any]) -> None:
        """Write what registry issued, once."""
        await self.session.execute(insert(IssuedCertificateRow).values(**values).on_conflict_do_nothing())
