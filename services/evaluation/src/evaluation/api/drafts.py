"""The producer's work on a draft: Form 02, changes field by field by several people, and taking it back."""

from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.dossiers import Producer, dossier_path
from evaluation.api.schemas.dossier_forms import SelfAssessment
from evaluation.api.schemas.dossiers import DossierRead, WithdrawalDraft
from evaluation.api.schemas.drafts import DraftChanges, DraftSaved
from evaluation.api.schemas.worksheets import WorksheetRead
from evaluation.use_cases import edit_dossier as editing
from evaluation.use_cases import merge_draft as merging
from evaluation.use_cases import read_worksheet as working
from evaluation.use_cases import withdraw_dossier as withdrawing
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer

router = service_router("evaluation", tags=["drafts"])


@router.get("/dossiers/{dossier_id}/worksheet", response_model=WorksheetRead)
async def read_worksheet(dossier_id: UUID, request: Request, actor: Producer, uow: Uow) -> Response:
    """The producer's whole entry screen: every form and criterion, what was entered, what is wanted and missing."""
    return answer(request, WorksheetRead.of(await working.read_worksheet(uow, actor, dossier_id)))


@router.put("/dossiers/{dossier_id}/self-assessment", response_model=DossierRead)
async def save_self_assessment(
    dossier_id: UUID, request: Request, request_body: SelfAssessment, actor: Producer, uow: Uow, expected: IfMatch
) -> Response:
    """Save Form 02 beside the self-score (parts I, II, IV and a renewal's review), half filled or whole."""
    sections = request_body.model_dump(mode="json", exclude_none=True)
    read = DossierRead.of(await editing.save_self_assessment(uow, actor, dossier_id, expected, sections), actor)
    return answer(request, read, version=read.version)


@router.post("/dossiers/{dossier_id}/withdrawal", status_code=201, response_model=DossierRead)
async def withdraw_dossier(
    dossier_id: UUID, request_body: WithdrawalDraft, actor: Producer, uow: Uow, once: OnceOnly
) -> Response:
    """Take the dossier back for good, before a council has it. The product may begin a new one."""

    async def act() -> DossierRead:
        return DossierRead.of(await withdrawing.withdraw_dossier(uow, actor, dossier_id, request_body.reason), actor)

    return await once(act, location=dossier_path)


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
