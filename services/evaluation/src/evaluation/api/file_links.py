"""Links that give a content for a few minutes: for viewers and downloaders that cannot send a token."""

from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from evaluation.api.deps import Uow
from evaluation.api.dossiers import Caller
from evaluation.api.evidence import FileHash, as_attachment
from evaluation.api.schemas.uploads import FileLink
from evaluation.domain.file_kinds import MEDIA_TYPES
from evaluation.use_cases.link_file import link_file, linked_file
from shared.http.access import public
from shared.http.app import PROBLEM_RESPONSES, service_router

router = service_router("evaluation", tags=["evidence"])


@router.get("/evidence-files/{sha256}/link", response_model=FileLink)
async def link_evidence_file(sha256: FileHash, request: Request, actor: Caller, uow: Uow) -> Response:
    """An address of a content, for who may see a dossier that uses it; it ends after five minutes."""
    state = request.app.state
    url, expires_at = await link_file(uow, state.files, actor, sha256, state.settings.public_url)
    read = FileLink(url=url, expires_at=expires_at)
    return Response(read.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    "/linked-files/{sha256}",
    dependencies=[public()],
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The content"},
        410: PROBLEM_RESPONSES[409] | {"description": "The link is over or not right"},
    },
)
async def get_linked_file(
    sha256: FileHash,
    request: Request,
    uow: Uow,
    until: Annotated[int, Query(ge=0, le=2**40)],
    signature: Annotated[str, Query(pattern="^[0-9a-f]{64}$")],
) -> Response:
    """The content that a link of ours names, as an attachment; 410 when its time is over."""
    row = await linked_file(uow, sha256, until, signature)
    return as_attachment(row, await request.app.state.files.get(sha256))
