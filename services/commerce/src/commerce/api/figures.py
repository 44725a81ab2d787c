"""Routes of revenue and profit figures, and of growth."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from commerce.api.deps import OnceOnly, Uow
from commerce.api.schemas.figures import FiguresCorrection, FiguresDraft, FiguresRead, GrowthRead
from commerce.domain.access import REPORTS_FIGURES, figures_to_read
from commerce.use_cases.correct_figures import correct_figures
from commerce.use_cases.explain_growth import explain_growth
from commerce.use_cases.report_figures import report_figures
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer, etag_of
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("commerce", tags=["figures"])


@router.post("/figures", status_code=201, response_model=FiguresRead)
async def add_figures(
    request_body: FiguresDraft, actor: Annotated[Actor, allow(*REPORTS_FIGURES)], uow: Uow, once: OnceOnly
) -> Response:
    """Report revenue and profit of a period: the producer, or its district's secretary on its behalf."""

    async def act() -> FiguresRead:
        row = await report_figures(uow, actor, **request_body.model_dump())
        return FiguresRead.model_validate(await uow.figures.get(figures_to_read(actor), row.id))

    return await once(act, location=_location)


@router.get("/figures", response_model=Page[FiguresRead])
async def list_figures(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    product_id: UUID | None = None,
) -> Response:
    """Figures within the caller's reach, the latest period first: own, of the district, of the province."""
    rows, following = await uow.figures.page(figures_to_read(actor), product_id, page)
    return answer_page(request, Page(items=[FiguresRead.model_validate(row) for row in rows], next=following))


@router.get("/figures/{figures_id}", response_model=FiguresRead)
async def get_figures(request: Request, figures_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow) -> Response:
    """One report."""
    read = FiguresRead.model_validate(await uow.figures.get(figures_to_read(actor), figures_id))
    return answer(request, read, version=read.version)


@router.patch("/figures/{figures_id}", response_model=FiguresRead)
async def change_figures(
    figures_id: UUID,
    request_body: FiguresCorrection,
    expected: IfMatch,
    actor: Annotated[Actor, allow(*REPORTS_FIGURES)],
    uow: Uow,
) -> Response:
    """Correct figures, with the reason; growth is measured and told again."""
    await correct_figures(uow, actor, figures_id, expected, **request_body.model_dump())
    read = FiguresRead.model_validate(await uow.figures.get(figures_to_read(actor), figures_id))
    headers = {"ETag": etag_of(read.version)}
    return Response(read.model_dump_json(), media_type="application/json", headers=headers)


@router.get("/products/{product_id}/growth", response_model=GrowthRead)
async def get_growth(request: Request, product_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow) -> Response:
    """Growth one year after recognition against the time before OCOP, with every step (plan 2023 II.2)."""
    facts, growth = await explain_growth(uow, actor, product_id)
    return answer(request, GrowthRead.of(facts, growth))


def _location(result: object) -> str:
    assert isinstance(result, FiguresRead)
    return f"/api/commerce/v1/figures/{result.id}"
