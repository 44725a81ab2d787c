"""The write of evaluation that is answered before the framework: members submit thousands of sheets on one evening."""

from collections.abc import Mapping

from pydantic import ValidationError

from evaluation.api.schemas.score_sheets import ScoreSheetSubmission
from evaluation.use_cases.submit_score_sheet import submit_score_sheet
from shared.http.access import bearer
from shared.http.hot import HotAnswer, HotRequest, HotRoute
from shared.http.idempotency import LONGEST_KEY, fingerprint, usable_key


async def submit_hot_sheet(request: HotRequest) -> HotAnswer | None:
    """A sheet that is stored now, or refused by a rule. Repeats and payloads with faults go the ordinary way."""
    try:
        sheet = ScoreSheetSubmission.model_validate_json(request.body)
    except ValidationError:
        return None
    state, key = request.state, request.header(b"idempotency-key")
    actor = await state.verifier.verify(bearer(request.header(b"authorization")))
    if len(key) > LONGEST_KEY:
        return None
    reply = await submit_score_sheet(
        state.database.reads,
        state.score_submission,
        actor,
        sheet.submission(),
        usable_key(key),
        *fingerprint(request.scope, request.body),
    )
    return None if reply.replay else HotAnswer(reply.body.encode(), status=reply.status)


HOT: Mapping[tuple[str, str], HotRoute] = {("POST", "/score-sheets"): submit_hot_sheet}
