"""Formal notices: their documents, what the e-office says of them, and where documents of units go."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from notifier.api.deps import OnceOnly, Uow
from notifier.api.schemas.formal_documents import (
    DocumentRead,
    DocumentSummary,
    OrganisationDraft,
    OrganisationList,
    OrganisationRead,
    StageName,
    StatusDraft,
    StatusKind,
    StatusKinds,
)
from notifier.persistence.formal_documents import office_rules
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.formal_documents import keep_organisation, note_by_hand
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("notifier", tags=["formal documents"])
Secretary = Annotated[Actor, allow(Role.PROVINCE_SECRETARY)]
Reader = Annotated[Actor, allow(Role.PROVINCE_SECRETARY, Role.AUDITOR)]
UnitCode = Annotated[str, Path(pattern=r"^[0-9]{2,5}$")]


@router.get("/formal-documents", response_model=Page[DocumentSummary])
async def list_formal_documents(
    request: Request, _actor: Reader, uow: Uow, page: PageQuery, stage: StageName | None = None
) -> Response:
    """Formal notices and how far their documents are, newest first."""
    rows, following = await uow.formal_documents.page(stage, page)
    now = await uow.now()
    return answer_page(request, Page(items=[DocumentSummary.of(row, now) for row in rows], next=following))


@router.get("/formal-document-statuses", response_model=StatusKinds)
async def list_formal_document_statuses(request: Request, _actor: Reader) -> Response:
    """What an e-office may say of a document, and which stage that is."""
    known = office_rules().statuses.values()
    return answer(request, StatusKinds(items=[StatusKind.of(one) for one in known]))


@router.get("/formal-documents/{document_id}", response_model=DocumentRead)
async def read_formal_document(request: Request, document_id: UUID, _actor: Reader, uow: Uow) -> Response:
    """A document with its draft, which a clerk may also take from here, and what came back."""
    return answer(request, await _whole(uow, document_id))


@router.post("/formal-documents/{document_id}/statuses", status_code=201, response_model=DocumentRead)
async def note_formal_document_status(
    document_id: UUID, draft: StatusDraft, actor: Secretary, uow: Uow, once: OnceOnly
) -> Response:
    """Note by hand what the e-office shows, where it tells us nothing by itself."""

    async def act() -> DocumentRead:
        await note_by_hand(uow, actor, document_id, draft.said())
        return await _whole(uow, document_id)

    return await once(act)


@router.get("/eoffice-organisations", response_model=OrganisationList)
async def list_eoffice_organisations(request: Request, _actor: Reader, uow: Uow) -> Response:
    """The identifiers of units in the document systems."""
    rows = await uow.formal_documents.organisations()
    return answer(request, OrganisationList(items=[OrganisationRead.of(row) for row in rows]))


@router.put("/eoffice-organisations/{unit_code}", response_model=OrganisationRead)
async def put_eoffice_organisation(
    request: Request, unit_code: UnitCode, draft: OrganisationDraft, actor: Secretary, uow: Uow, version: IfMatch
) -> Response:
    """Say where documents for a unit go; If-Match "v0" for a new one."""
    row = await keep_organisation(uow, actor, unit_code, version, **draft.model_dump())
    return answer(request, OrganisationRead.of(row), version=row.version)


async def _whole(uow: NotifierUow, document_id: UUID) -> DocumentRead:
    row = await uow.formal_documents.get(document_id)
    return DocumentRead.whole(row, await uow.formal_documents.history(document_id), await uow.now())
