"""Statistics of a round for its chair and secretary: as JSON and as one picture."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import Uow
from evaluation.api.round_plot import plot
from evaluation.api.schemas.round_statistics import StatisticsRead
from evaluation.use_cases.read_statistics import read_statistics
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.language import language

router = service_router("evaluation", tags=["statistics"])
SignedIn = Annotated[Actor, signed_in()]


@router.get("/rounds/{round_id}/statistics", response_model=StatisticsRead)
async def read_round_statistics(round_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """Progress and time left while the round is open; spread, distance and distribution once it has closed."""
    return answer(request, StatisticsRead.of(await read_statistics(uow, actor, round_id)))


@router.get(
    "/rounds/{round_id}/statistics/plot",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
async def plot_round_statistics(round_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """The same as one picture (SVG)."""
    statistics = StatisticsRead.of(await read_statistics(uow, actor, round_id))
    response = answer(request, plot(statistics, language()).encode())
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    return response
