"""Risk before deadlines and silence at them, within the caller's scope."""

from typing import Annotated

from fastapi import Query, Request, Response

from notifier.api.deps import Uow
from notifier.api.risk_plot import plot
from notifier.api.schemas.risks import RiskRead, SilenceReportRead
from notifier.domain.access import scope_of
from notifier.use_cases.read_risk import read_risk
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.language import language
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("notifier", tags=["risk"])
Code = Annotated[str | None, Query(max_length=100)]
Year = Annotated[int | None, Query(ge=2018, le=2100, description="without it, the present year")]
SignedIn = Annotated[Actor, signed_in()]


@router.get("/risk", response_model=RiskRead)
async def read_deadline_risk(
    request: Request, actor: SignedIn, uow: Uow, year: Year = None, code: Code = None, area: Code = None
) -> Response:
    """Each area's deadlines with a light, what it rests on, counts, days left and the last sign of life."""
    return answer(request, await _risk(actor, uow, year, code, area))


@router.get(
    "/risk/plot",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
async def plot_deadline_risk(
    request: Request, actor: SignedIn, uow: Uow, year: Year = None, code: Code = None, area: Code = None
) -> Response:
    """The same as one picture (SVG) that fits a phone."""
    response = answer(request, plot(await _risk(actor, uow, year, code, area), language()).encode())
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    return response


@router.get("/silence-reports", response_model=Page[SilenceReportRead])
async def list_silence_reports(
    request: Request,
    actor: SignedIn,
    uow: Uow,
    page: PageQuery,
    year: Annotated[int | None, Query(ge=2018, le=2100)] = None,
    code: Code = None,
) -> Response:
    """Deadlines at which units had sent nothing, newest first: the province, who stands above, and each unit itself."""
    rows, following = await uow.risks.silence_page(scope_of(actor), page, year=year, code=code)
    return answer_page(request, Page(items=[SilenceReportRead.of(*row) for row in rows], next=following))


async def _risk(actor: Actor, uow: Uow, year: int | None, code: str | None, area: str | None) -> RiskRead:
    today = await uow.today()
    chosen = year or today.year
    lines = await read_risk(uow, scope_of(actor), year=chosen, code=code, area=area)
    return RiskRead.of(lines, today, chosen)
