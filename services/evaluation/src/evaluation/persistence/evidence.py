"""All SQL of evidence files and of the papers that dossiers make of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.dossier_visibility import visible_to
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.evidence import EvidenceFileRow, EvidenceRow, EvidenceUploadRow
from shared.auth.actors import Actor
from shared.errors import NotFound

HOLD_CONTENT = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('content ' || :sha256, 0))")


class EvidenceRepository:
    """Evidence of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def hold_content(self, sha256: str) -> None:
        """Let nobody clean this content away until the transaction ends (`persistence/content_cleaning.py`)."""
        await self.session.execute(HOLD_CONTENT, {"sha256": sha256})

    async def keep_file(self, sha256: str, size: int, kind: str, person_id: UUID, crc32: int | None = None) -> bool:
        """Note a stored content and who sent it, today again; whether the content is new."""
        new = await self.session.execute(
            insert(EvidenceFileRow)
            .values(sha256=sha256, size=size, kind=kind, crc32=crc32)
            .on_conflict_do_nothing()
            .returning(EvidenceFileRow.sha256)
        )
        is_new = new.scalar_one_or_none() is not None
        sent = insert(EvidenceUploadRow).values(sha256=sha256, person_id=person_id)
        await self.session.execute(
            sent.on_conflict_do_update(
                index_elements=[EvidenceUploadRow.sha256, EvidenceUploadRow.person_id], set_={"uploaded_at": func.now()}
            )
        )
        return is_new

    async def count_papers(self, dossier_id: UUID, most: int) -> int:
        """How many papers a dossier has; not counted beyond `most`."""
        some = select(EvidenceRow.id).where(EvidenceRow.dossier_id == dossier_id).limit(most).subquery()
        return await self.session.scalar(select(func.count(some.c.id))) or 0

    async def may_attach(self, sha256: str, actor: Actor, producer_id: UUID) -> bool:
        """Whether the person sent this content, or a dossier of the same producer already uses it.

        The content is held, so that it cannot be cleaned away before it is attached.
        """
        held = select(EvidenceFileRow.sha256).where(EvidenceFileRow.sha256 == sha256)
        if await self.session.scalar(held.with_for_update(read=True, key_share=True)) is None:
            return False
        sent = exists().where(EvidenceUploadRow.sha256 == sha256, EvidenceUploadRow.person_id == actor.person_id)
        used = exists().where(
            EvidenceRow.file_sha256 == sha256,
            EvidenceRow.dossier_id == DossierRow.id,
            DossierRow.producer_id == producer_id,
        )
        return bool(await self.session.scalar(select(or_(sent, used))))

    async def file_seen_by(self, sha256: str, actor: Actor) -> EvidenceFileRow:
        """A file that a dossier visible to the person uses. Raises NotFound."""
        used = exists().where(
            EvidenceRow.file_sha256 == EvidenceFileRow.sha256,
            EvidenceRow.dossier_id == DossierRow.id,
            visible_to(actor),
        )
        row = await self.session.scalar(select(EvidenceFileRow).where(EvidenceFileRow.sha256 == sha256, used))
        if row is None:
            raise NotFound()
        return row

    async def file(self, sha256: str) -> EvidenceFileRow:
        """A stored content, whoever asks: for the bearer of a signed link. Raises NotFound."""
        row = await self.session.get(EvidenceFileRow, sha256)
        if row is None:
            raise NotFound()
        return row

    async def sums(self, contents: Sequence[str]) -> dict[str, int | None]:
        """The CRC-32 of contents, by SHA-256."""
        found = await self.session.execute(
            select(EvidenceFileRow.sha256, EvidenceFileRow.crc32).where(EvidenceFileRow.sha256.in_(contents))
        )
        return {row.sha256: row.crc32 for row in found}

    async def of_dossier(self, dossier_id: UUID) -> Sequence[EvidenceRow]:
        """The papers of a dossier, oldest first."""
        rows = await self.session.scalars(
            select(EvidenceRow).where(EvidenceRow.dossier_id == dossier_id).order_by(EvidenceRow.id)
        )
        return list(rows)

    async def get(self, dossier_id: UUID, evidence_id: UUID) -> EvidenceRow:
        """A paper of the dossier. Raises NotFound."""
        row = await self.session.scalar(
            select(EvidenceRow).where(EvidenceRow.id == evidence_id, EvidenceRow.dossier_id == dossier_id)
        )
        if row is None:
            raise NotFound()
        return row

    def add(self, row: EvidenceRow) -> None:
        """Write a paper with the transaction."""
        self.session.add(row)

    async def remove(self, dossier_id: UUID, evidence_id: UUID) -> None:
        """Take a paper out of a dossier; the content stays in the store. Raises NotFound."""
        gone = await self.session.execute(
            delete(EvidenceRow)
            .where(EvidenceRow.id == evidence_id, EvidenceRow.dossier_id == dossier_id)
            .returning(EvidenceRow.id)
        )
        if gone.scalar_one_or_none() is None:
            raise NotFound()
