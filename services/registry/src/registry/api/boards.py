"""The board of a year: as JSON, and as a page for a phone or a wall."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from registry.api.deps import Uow
from registry.api.html import render_page
from registry.api.schemas.boards import BoardRead
from registry.use_cases.read_board import read_board
from shared.http.access import public
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("registry", tags=["boards"])
pages = service_router(None, tags=["boards"])
BoardYear = Annotated[int, Path(ge=2018, le=2100)]
Province = Annotated[
    str | None, Query(pattern=r"^[0-9]{2}$", description="without it, the plan that was published last")
]


@router.get("/boards/{year}", response_model=BoardRead, dependencies=[public()])
async def read_year(request: Request, uow: Uow, year: BoardYear, province_code: Province = None) -> Response:
    """Where every target of the year's plan stands: value, target, share, trend, units. Public: aggregates only."""
    return answer(request, BoardRead.model_validate(await read_board(uow, year, province_code)))


@pages.get("/board/{year}", response_class=HTMLResponse, include_in_schema=False, dependencies=[public()])
async def show_year(uow: Uow, year: BoardYear, province_code: Province = None) -> Response:
    """The board as a page."""
    return render_page("board.html", board=await read_board(uow, year, province_code))
