"""Documents for the e-office: drafted once for each matter and organisation, followed until they are registered."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.data import read_json
from notifier.domain.formal_documents import Draft, OfficeRules, Said, read_office_rules
from notifier.persistence.tables.formal_documents import EofficeOrganisation, FormalDocument, FormalDocumentStatus
from shared.db.engine import Database
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

ASKED_AT_ONCE = 100

_DRAFT = text(
    """
    INSERT INTO formal_documents (id, about_id, due_on, step, template_code, unit_code, organisation, subject, draft,
                                  stage)
    SELECT uuidv7(), coalesce(n.obligation_id, n.silence_id, n.report_id, n.id), n.due_on, n.step, n.template_code,
           n.unit_code, :organisation, :subject, :draft, 'drafted'
    FROM notices n WHERE n.id = :notice
    ON CONFLICT ON CONSTRAINT formal_documents_once DO NOTHING
    """
)
_ATTACH = text(
    """
    UPDATE notices n SET document_id = d.id
    FROM formal_documents d
    WHERE n.id = :notice AND d.about_id = coalesce(n.obligation_id, n.silence_id, n.report_id, n.id)
      AND d.due_on = n.due_on AND d.step = n.step AND d.template_code = n.template_code
      AND d.organisation = :organisation
    RETURNING d.id, d.stage, d.eoffice_document
    """
)
_NOTE = text(
    """
    INSERT INTO formal_document_statuses (document_id, code, at, stage, source, note)
    VALUES (:document, :code, :at, :stage, :source, :note) ON CONFLICT DO NOTHING
    """
)
# Of the notices of a document, whatever their state was; one that is being sent is recorded by its sender.
_MOVE = text(
    """
    UPDATE notices
    SET state = :state, reason = CASE WHEN :state = 'failed' THEN :stage END,
        sent_at = CASE WHEN :state IN ('sent', 'delivered') THEN coalesce(sent_at, programme_now()) ELSE sent_at END,
        delivered_at = CASE WHEN :state = 'delivered' THEN coalesce(delivered_at, programme_now()) END
    WHERE document_id = :document AND state IN ('handed', 'sent', 'unknown', 'delivered', 'failed') AND state <> :state
    """
)
_LEASE = text(
    """
    UPDATE formal_documents SET next_ask_at = now() + make_interval(secs => :seconds)
    WHERE id IN (SELECT id FROM formal_documents
                 WHERE stage IN ('handed', 'issued', 'arrived') AND next_ask_at <= now()
                 ORDER BY next_ask_at LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)


@cache
def office_rules() -> OfficeRules:
    """What ships as data."""
    return read_office_rules(read_json("eoffice.json"))


class FormalDocumentRepository:
    """Documents and the identifiers of their receivers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, stage: str | None, page: PageRequest) -> tuple[list[FormalDocument], str | None]:
        """A page of documents, newest first."""
        statement = select(FormalDocument)
        if stage is not None:
            statement = statement.where(FormalDocument.stage == stage)
        order = (FormalDocument.__table__.c.id,)
        rows, following = await fetch_page(self._session, statement, order, page, descending=True)
        return [row[0] for row in rows], following

    async def get(self, document_id: UUID) -> FormalDocument:
        """One document, locked. Raises NotFound."""
        row = await self.find(document_id)
        if row is None:
            raise NotFound("Không có văn bản này.", "There is no such document.")
        return row

    async def find(self, document_id: UUID) -> FormalDocument | None:
        """One document, locked, or None."""
        statement = select(FormalDocument).where(FormalDocument.id == document_id).with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def history(self, document_id: UUID) -> Sequence[FormalDocumentStatus]:
        """What was said of it, oldest first."""
        statement = select(FormalDocumentStatus).where(FormalDocumentStatus.document_id == document_id)
        return (await self._session.execute(statement.order_by(FormalDocumentStatus.at))).scalars().all()

    async def note(self, document_id: UUID, said: Said, stage: str | None, source: str) -> None:
        """Keep what was said, once."""
        values = {"document": document_id, "code": said.code, "at": said.at, "note": said.note}
        await self._session.execute(_NOTE, values | {"stage": stage, "source": source})

    async def move_notices(self, document_id: UUID, stage: str, state: str) -> None:
        """The document's notices follow it."""
        await self._session.flush()
        await self._session.execute(_MOVE, {"document": document_id, "stage": stage, "state": state})

    async def lease_to_ask(self) -> list[UUID]:
        """Documents to ask about now."""
        values = {"seconds": office_rules().ask_seconds, "most": ASKED_AT_ONCE}
        return list((await self._session.execute(_LEASE, values)).scalars())

    async def organisations(self) -> Sequence[EofficeOrganisation]:
        """Every unit with an identifier, by code; a province has some hundred."""
        statement = select(EofficeOrganisation).order_by(EofficeOrganisation.unit_code)
        return (await self._session.execute(statement)).scalars().all()

    async def organisation(self, unit_code: str) -> EofficeOrganisation | None:
        """A unit's identifier, locked, or None."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('eoffice ' || :unit, 0))"), {"unit": unit_code}
        )
        return await self._session.get(EofficeOrganisation, unit_code, with_for_update=True)

    async def keep_organisation(self, row: EofficeOrganisation) -> None:
        """Write a unit's identifier."""
        self._session.add(row)
        await self._session.flush()


class DraftStore:
    """What the sender keeps, in transactions of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draft(self, notice_id: UUID, organisation: str, subject: str, text: str) -> Draft:
        """The one document of what this notice is about to this organisation; the first draft stands."""
        values: dict[str, Any] = {"notice": notice_id, "organisation": organisation}
        async with self._database.session() as session:
            await session.execute(_DRAFT, values | {"subject": subject, "draft": text})
            row = (await session.execute(_ATTACH, values)).one()
        return Draft(row.id, row.stage != "drafted", row.eoffice_document)
