"""The advisory team's records on a dossier."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.dossiers import Caller
from evaluation.api.evidence import FileHash, as_attachment
from evaluation.api.schemas.advice import AdviceDraft, AdviceListRead, AdviceRead, advice_of
from evaluation.domain.file_kinds import MEDIA_TYPES
from evaluation.use_cases.advise import advise
from evaluation.use_cases.read_dossier_file import read_advice
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("evaluation", tags=["advisory team"])

Adviser = Annotated[Actor, allow(Role.ADVISORY_MEMBER)]


@router.post("/dossiers/{dossier_id}/advice", status_code=201, response_model=AdviceRead)
async def add_advice(dossier_id: UUID, request_body: AdviceDraft, actor: Adviser, uow: Uow, once: OnceOnly) -> Response:
    """Write down a check, a site visit, samples, a test asked for or its result, or the report (26/2026 Art. 7.3)."""

    async def act() -> AdviceRead:
        advice = advice_of(request_body)
        record = await advise(uow, actor, dossier_id, advice)
        files = await uow.advice.files_of(record.id)
        return AdviceRead.of(record, files)

    return await once(act)


@router.get("/dossiers/{dossier_id}/advice", response_model=AdviceListRead)
async def list_advice(dossier_id: UUID, request: Request, actor: Caller, uow: Uow) -> Response:
    """Every record of the team on a dossier. Not for its producer."""
    return answer(request, AdviceListRead.of(await read_advice(uow, actor, dossier_id)))


@router.get(
    "/advisory-files/{sha256}",
    response_class=StreamingResponse,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The content"}},
)
async def get_advisory_file(sha256: FileHash, request: Request, actor: Caller, uow: Uow) -> Response:
    """A photo or paper of a record, for officials, advisers and the council; always as an attachment."""
    row = await uow.advice.file_seen_by(sha256, actor)
    return as_attachment(row, await request.app.state.files.get(sha256))
