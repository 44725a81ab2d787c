"""Stateless scoring."""

from evaluation.api.deps import Uow
from evaluation.api.schemas.score_previews import ScorePreview, ScorePreviewRequest
from evaluation.use_cases.preview_score import preview_score as compute
from shared.http.access import public
from shared.http.app import service_router
from shared.http.language import language

router = service_router("evaluation", tags=["score previews"], dependencies=[public()])


@router.post("/score-previews", response_model=ScorePreview)
async def preview_score(request_body: ScorePreviewRequest, uow: Uow) -> ScorePreview:
    """What score sheets would come to: exact mean, band, star, floors missed, and the reason of each step.

    Stateless: nothing is stored, no key is needed, repeating it is harmless.
    """
    result = await compute(
        uow,
        request_body.ruleset,
        request_body.sheet,
        request_body.floor_test,
        request_body.agreed,
        [(sheet.member, sheet.choices) for sheet in request_body.score_sheets],
    )
    return ScorePreview.of(result, language())
