"""A member's own score sheets."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import Uow
from evaluation.api.preconditions import SeenVersion
from evaluation.api.schemas.score_sheets import ScoreDraft, ScoreSheetRead, ScoreSheetSubmission
from evaluation.use_cases.read_own_sheet import read_own_sheet
from evaluation.use_cases.save_score_draft import save_score_draft
from evaluation.use_cases.submit_score_sheet import submit_score_sheet
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.idempotency import IdempotencyKey, fingerprint, kept_answer, usable_key

router = service_router("evaluation", tags=["score sheets"])
SignedIn = Annotated[Actor, signed_in()]


@router.post("/score-sheets", status_code=201, response_model=ScoreSheetRead)
async def submit_sheet(
    request_body: ScoreSheetSubmission, request: Request, actor: SignedIn, key: IdempotencyKey = None
) -> Response:
    """Submit a complete sheet on a dossier of an open round. Members only; it does not change any more.

    The key, the sheet, the event and the reply are one statement in the database instead of class Once's several.
    """
    usable = usable_key(key)
    state = request.app.state
    reply = await submit_score_sheet(
        state.database.reads,
        state.score_submission,
        actor,
        request_body.submission(),
        usable,
        *fingerprint(request.scope, await request.body()),
    )
    return kept_answer(reply.body, reply.status, json.loads(reply.headers), replay=reply.replay)


@router.get("/rounds/{round_id}/dossiers/{dossier_id}/score-sheet", response_model=ScoreSheetRead)
async def read_sheet_of_mine(round_id: UUID, dossier_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """The caller's own sheet on a dossier: draft, submitted, or not begun."""
    read = ScoreSheetRead.of(await read_own_sheet(uow, actor, round_id, dossier_id))
    return answer(request, read, version=None if read.state == "submitted" else read.version)


@router.put("/rounds/{round_id}/dossiers/{dossier_id}/score-sheet", response_model=ScoreSheetRead)
async def save_draft(
    round_id: UUID,
    dossier_id: UUID,
    request_body: ScoreDraft,
    request: Request,
    actor: SignedIn,
    uow: Uow,
    seen: SeenVersion,
) -> Response:
    """Save an unfinished sheet; only the caller ever reads it. If-Match once there is a draft."""
    await save_score_draft(uow, actor, round_id, dossier_id, request_body.content(), seen)
    read = ScoreSheetRead.of(await read_own_sheet(uow, actor, round_id, dossier_id))
    return answer(request, read, version=read.version)
