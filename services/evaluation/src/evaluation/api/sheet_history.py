"""Submitted score sheets after closing, and their signatures."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import Uow
from evaluation.api.schemas.sheet_history import SignatureRead, SubmittedSheetList, SubmittedSheetRead
from evaluation.use_cases.read_submitted_sheets import read_signature, sheets_of_dossier
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("evaluation", tags=["score sheets"])
SignedIn = Annotated[Actor, signed_in()]


@router.get("/rounds/{round_id}/dossiers/{dossier_id}/score-sheets", response_model=SubmittedSheetList)
async def list_submitted_sheets(
    round_id: UUID, dossier_id: UUID, request: Request, actor: SignedIn, uow: Uow
) -> Response:
    """Every sheet on a dossier of a closed round, those of earlier attempts too; 409 before it closes."""
    found = await sheets_of_dossier(uow, actor, round_id, dossier_id)
    return answer(request, SubmittedSheetList(items=[SubmittedSheetRead.of(one) for one in found]))


@router.get("/score-sheets/{sheet_id}/signature", response_model=SignatureRead)
async def verify_signature(sheet_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """A sheet's signature, checked against what is stored: to its member, and after closing to who sees the round."""
    return answer(request, SignatureRead.of(await read_signature(uow, actor, sheet_id)))
