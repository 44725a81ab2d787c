"""Evidence: contents by their hash, and the papers of a dossier."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response
from fastapi.responses import StreamingResponse

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.dossiers import Caller, Producer, dossier_path
from evaluation.api.schemas.dossiers import DossierRead
from evaluation.api.schemas.evidence import EvidenceDraft, EvidenceEdit, EvidenceFileRead
from evaluation.domain.file_kinds import MEDIA_TYPES
from evaluation.integrations.files import receive
from evaluation.persistence.tables.evidence import EvidenceFileRow
from evaluation.use_cases import attach_evidence as attaching
from evaluation.use_cases import edit_evidence as editing
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer

router = service_router("evaluation", tags=["evidence"])

MOST_BYTES = 20_000_000
"""The largest content taken as evidence; the application lets bodies of this size through to this path only."""

Sender = Annotated[Actor, allow(Role.PRODUCER, Role.ADVISORY_MEMBER)]
"""Producers send evidence; advisers photos of a visit and results of tests."""

FileHash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the content, in lower case")]
RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.put(
    "/evidence-files/{sha256}",
    response_model=EvidenceFileRead,
    status_code=201,
    responses={200: {"model": EvidenceFileRead, "description": "The content was here already"}},
    openapi_extra=RAW_BODY,
)
async def put_evidence_file(sha256: FileHash, request: Request, actor: Sender) -> Response:
    """Send a content (raw body, at most 20 MB): PDF, PNG, JPEG, WEBP, DOCX or XLSX, known by what is in it.

    Safe to repeat: the same content is stored once.
    """
    state = request.app.state
    with await receive(request.stream(), MOST_BYTES) as received:
        kind, new = await attaching.store_file(state.database, state.files, actor, sha256, received)
        read = EvidenceFileRead(sha256=sha256, size=received.size, kind=kind, media_type=MEDIA_TYPES[kind])
    return Response(read.model_dump_json(), 201 if new else 200, media_type="application/json")


@router.get(
    "/evidence-files/{sha256}",
    response_class=StreamingResponse,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The content"}},
)
async def get_evidence_file(sha256: FileHash, request: Request, actor: Caller, uow: Uow) -> Response:
    """A content, for who may see a dossier that uses it; always as an attachment."""
    row = await uow.evidence.file_seen_by(sha256, actor)
    return as_attachment(row, await request.app.state.files.get(sha256))


def as_attachment(row: EvidenceFileRow, chunks: AsyncIterator[bytes]) -> StreamingResponse:
    """A content that no browser runs or shows in our origin."""
    return StreamingResponse(
        chunks,
        media_type=MEDIA_TYPES[row.kind],
        headers={
            "Content-Disposition": f'attachment; filename="{row.sha256[:16]}.{row.kind}"',
            "Content-Length": str(row.size),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-cache",
            "ETag": f'"{row.sha256}"',
        },
    )


@router.post("/dossiers/{dossier_id}/evidence", status_code=201, response_model=DossierRead)
async def attach_evidence(
    dossier_id: UUID, request: Request, request_body: EvidenceDraft, actor: Producer, uow: Uow, once: OnceOnly
) -> Response:
    """Attach a content that was sent before to criteria of the dossier's sheet."""
    most = request.app.state.settings.dossier_papers

    async def act() -> DossierRead:
        view = await attaching.attach_evidence(uow, actor, dossier_id, request_body.paper(), most)
        return DossierRead.of(view, actor)

    return await once(act, location=dossier_path)


@router.put("/dossiers/{dossier_id}/evidence/{evidence_id}", response_model=DossierRead)
async def edit_evidence(
    dossier_id: UUID,
    evidence_id: UUID,
    request: Request,
    request_body: EvidenceEdit,
    actor: Producer,
    uow: Uow,
    expected: IfMatch,
) -> Response:
    """Correct what is said of a paper. If-Match is the paper's own `version`; the answer's ETag the dossier's."""
    view = await editing.edit_evidence(uow, actor, dossier_id, evidence_id, expected, request_body.words())
    read = DossierRead.of(view, actor)
    return answer(request, read, version=read.version)


@router.delete("/dossiers/{dossier_id}/evidence/{evidence_id}", status_code=204)
async def detach_evidence(
    dossier_id: UUID, evidence_id: UUID, actor: Producer, uow: Uow, expected: IfMatch
) -> Response:
    """Take a paper out of a dossier that is still being worked on."""
    await attaching.detach_evidence(uow, actor, dossier_id, evidence_id, expected)
    return Response(status_code=204)
