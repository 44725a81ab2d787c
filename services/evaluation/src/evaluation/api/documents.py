"""Documents of the process: make, read, take as a file, record the signing."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from evaluation.api.attachments import send_file
from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.evidence import MOST_BYTES, RAW_BODY, FileHash
from evaluation.api.schemas.documents import (
    DocumentDraft,
    DocumentListed,
    DocumentRead,
    SignedFileRead,
    SigningDraft,
    media_type,
)
from evaluation.domain.document_kinds import MAKERS, SENDERS, DocumentKind, Format
from evaluation.domain.file_kinds import MEDIA_TYPES
from evaluation.integrations.files import receive
from evaluation.use_cases.attach_evidence import store_file
from evaluation.use_cases.document_sources.matter import Asked
from evaluation.use_cases.make_document import draw_document, keep_document
from evaluation.use_cases.sign_document import sign_document
from shared.auth.actors import Actor
from shared.errors import NotFound
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["documents"])
Maker = Annotated[Actor, allow(*MAKERS)]
Sender = Annotated[Actor, allow(*SENDERS)]
SignedIn = Annotated[Actor, signed_in()]


@router.post("/documents", status_code=201, response_model=DocumentRead)
async def make_document(
    request: Request, request_body: DocumentDraft, actor: Maker, uow: Uow, once: OnceOnly
) -> Response:
    """Make a document from what is recorded: PDF always, DOCX where officials edit (26/2026 Annex III; Decree 30/2020).

    A draft may be made again until its number is recorded.
    """
    state, kind = request.app.state, DocumentKind(request_body.kind)
    asked = Asked(state.settings.public_url, tuple(dict.fromkeys(request_body.dossier_ids)))
    drawn = await draw_document(
        state.database, state.files, state.renderer, actor, kind, request_body.subject_id, asked
    )

    async def act() -> DocumentRead:
        return DocumentRead.of(await keep_document(uow, actor, drawn))

    return await once(act, location=lambda read: f"/api/evaluation/v1/documents/{read.id}")  # type: ignore[attr-defined]  # act's model


@router.get("/documents", response_model=Page[DocumentListed])
async def list_documents(
    request: Request,
    actor: SignedIn,
    uow: Uow,
    page: PageQuery,
    kind: DocumentKind | None = None,
    subject_id: UUID | None = None,
    dossier_id: UUID | None = None,
    round_id: UUID | None = None,
) -> Response:
    """The documents the caller may see, newest first, earlier revisions too."""
    filters: dict[str, Any] = {
        "kind": kind,
        "subject_id": subject_id,
        "dossier_id": dossier_id,
        "round_id": round_id,
    }
    rows, following = await uow.documents.page(actor, page, filters)
    return answer_page(request, Page(items=[DocumentListed.of(row) for row in rows], next=following))


@router.get("/documents/{document_id}", response_model=DocumentRead)
async def read_document(document_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """One document with the data it was drawn from, its files, and its signing once recorded."""
    return answer(request, DocumentRead.of(await uow.documents.read(actor, document_id)))


@router.get(
    "/documents/{document_id}/file",
    response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPES["pdf"]: {}, MEDIA_TYPES["docx"]: {}}, "description": "The file"}},
)
async def get_document_file(
    document_id: UUID, request: Request, actor: SignedIn, uow: Uow, format: Format = Format.PDF
) -> Response:
    """The file of a document, always as an attachment; `signed` is the one that came back from the e-office."""
    row = await uow.documents.read(actor, document_id)
    file = next((file for file in row.files if file["format"] == format), None)
    if file is None:
        raise NotFound()
    end = Format.DOCX if format is Format.DOCX else Format.PDF
    name = f"{row[0].kind}-{str(document_id)[-12:]}.{end}"
    return await send_file(request, file["sha256"], size=file["size"], media_type=media_type(format), name=name)


@router.put(
    "/document-files/{sha256}",
    response_model=SignedFileRead,
    status_code=201,
    responses={200: {"model": SignedFileRead, "description": "The content was here already"}},
    openapi_extra=RAW_BODY,
)
async def put_document_file(sha256: FileHash, request: Request, actor: Sender) -> Response:
    """Send a signed file (raw body, PDF, at most 20 MB) before a signing or decision names it. Safe to repeat."""
    state = request.app.state
    with await receive(request.stream(), MOST_BYTES) as received:
        kind, new = await store_file(state.database, state.files, actor, sha256, received)
        read = SignedFileRead(sha256=sha256, size=received.size, media_type=MEDIA_TYPES[kind])
    return Response(read.model_dump_json(), 201 if new else 200, media_type="application/json")


@router.post("/documents/{document_id}/signing", status_code=201, response_model=DocumentRead)
async def record_signing(
    document_id: UUID, request_body: SigningDraft, actor: Maker, uow: Uow, once: OnceOnly
) -> Response:
    """Record number, day, signer and the signed file; draft and signed file are both kept, and no more is made."""

    async def act() -> DocumentRead:
        said = request_body
        row = await sign_document(uow, actor, document_id, said.number, said.signed_on, said.signer, said.file_sha256)
        return DocumentRead.of(row)

    return await once(act)
