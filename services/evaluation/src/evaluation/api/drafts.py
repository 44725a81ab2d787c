"""Drafts written by several people at once: Form 02, and changes field by field."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.dossiers import Producer
from evaluation.api.schemas.dossier_forms import SelfAssessment
from evaluation.api.schemas.dossiers import DossierRead
from evaluation.api.schemas.drafts import DraftChanges, DraftSaved
from evaluation.use_cases import edit_dossier as editing
from evaluation.use_cases import merge_draft as merging
from shared.http.etags import IfMatch, answer

router = APIRouter(tags=["drafts"])


@router.put("/dossiers/{dossier_id}/self-assessment", response_model=DossierRead)
async def save_self_assessment(
    dossier_id: UUID, request: Request, request_body: SelfAssessment, actor: Producer, uow: Uow, expected: IfMatch
) -> Response:
    """Save Form 02 beside the self-score (parts I, II, IV and a renewal's review), half filled or whole."""
    sections = request_body.model_dump(mode="json", exclude_none=True)
    read = DossierRead.of(await editing.save_self_assessment(uow, actor, dossier_id, expected, sections), actor)
    return answer(request, read, version=read.version)


@router.post("/dossiers/{dossier_id}/draft-changes", response_model=DraftSaved)
async def change_draft(
    dossier_id: UUID, request_body: DraftChanges, actor: Producer, uow: Uow, once: OnceOnly
) -> Response:
    """Save single fields, each with the value last seen there; needs no If-Match.

    Different fields changed by different people all stay. One field changed to two values is refused (409
    `draft-clash`) with both values, and nothing of the request is saved.
    """

    async def act() -> DraftSaved:
        changes = [change.change() for change in request_body.changes]
        return DraftSaved.of(await merging.merge_draft(uow, actor, dossier_id, changes), request_body)

    return await once(act, status=200)
