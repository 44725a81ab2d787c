"""What star would I get?"""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from evaluation.api.deps import Uow
from evaluation.api.dossiers import Producer
from evaluation.api.schemas.forecasts import NextStarRead, NextStarRequest, StarForecastRead
from evaluation.use_cases import forecast_star as forecasting
from shared.http.access import public
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("evaluation", tags=["star forecasts"])

Star = Annotated[int | None, Query(ge=1, le=5, description="the star aimed at; else the next one")]


@router.get("/dossiers/{dossier_id}/star-forecast", response_model=StarForecastRead)
async def forecast_star(
    dossier_id: UUID,
    request: Request,
    actor: Producer,
    uow: Uow,
    by: Annotated[date | None, Query(description="day the papers must hold to; else the ruleset's next round")] = None,
    star: Star = None,
) -> Response:
    """What the self-score would come to, what stands in its way, and the cheapest way to the next star.

    A forecast, not a result: a council scores on its own. Criteria not answered yet count 0.
    """
    found = await forecasting.forecast_star(uow, actor, dossier_id, by, star)
    return answer(request, StarForecastRead.of(found))


@router.post("/score-previews/next-star", response_model=NextStarRead, dependencies=[public()])
async def preview_next_star(request_body: NextStarRequest, uow: Uow) -> NextStarRead:
    """What choices would come to, and the cheapest changes that reach the next star (exact search).

    Stateless: nothing is stored, no key is needed, repeating it is harmless.
    """
    found = await forecasting.forecast_next_star(
        uow, request_body.ruleset, request_body.sheet, request_body.choices, request_body.star
    )
    return NextStarRead.of(found)
