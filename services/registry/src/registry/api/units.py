"""Administrative units: public facts, on any day."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query, Request, Response

from registry.api.deps import Uow
from registry.api.schemas.units import UnitRead, read_unit
from shared.contracts.roles import Level
from shared.http.access import public
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["units"])

UnitCode = Annotated[str, Path(pattern=r"^([0-9]{2,5}|VN)$", description="2, 3 or 5 digits; VN for the centre")]
OnDay = Annotated[date | None, Query(description="the day asked for; the programme's today without it")]


@router.get("/units", response_model=Page[UnitRead], dependencies=[public()])
async def list_units(
    request: Request,
    uow: Uow,
    page: PageQuery,
    on: OnDay = None,
    level: Level | None = None,
    parent: Annotated[str | None, Query(max_length=5)] = None,
    q: Annotated[str | None, Query(max_length=100, description="part of the name; diacritics do not matter")] = None,
) -> Response:
    """Units in force on a day, in Vietnamese order (codes are reused: a unit is its code and valid_from)."""
    day = on or await uow.today()
    units, following = await uow.units.page(page, on=day, level=level, parent=parent, q=q)
    return answer_page(request, Page(items=[read_unit(unit) for unit in units], next=following))


@router.get("/units/{code}", response_model=UnitRead, dependencies=[public()])
async def read_one_unit(request: Request, uow: Uow, code: UnitCode, on: OnDay = None) -> Response:
    """The unit with this code on a day, and what it became afterwards."""
    return answer(request, read_unit(await uow.units.get(code, on or await uow.today())))
