"""Which days offices work, year by year."""

from typing import Annotated

from fastapi import Path, Request, Response

from notifier.api.deps import Uow
from notifier.api.schemas.calendars import CalendarDraft, CalendarRead
from notifier.use_cases.import_calendar import import_calendar
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer

router = service_router("notifier", tags=["calendars"])
CalendarYear = Annotated[int, Path(ge=2018, le=2100)]


@router.get("/calendars/{year}", response_model=CalendarRead)
async def read_calendar(
    request: Request, year: CalendarYear, _actor: Annotated[Actor, signed_in()], uow: Uow
) -> Response:
    """The days on which offices rest besides weekends, and the weekend days worked in exchange.

    Version 0 is the preset: the Labour Code's holidays with Tết, and the swaps that ship with the system.
    """
    known = await uow.calendars.get(year)
    return answer(request, CalendarRead.of(known), version=known.version)


@router.put("/calendars/{year}", response_model=CalendarRead)
async def put_calendar(
    request: Request,
    year: CalendarYear,
    draft: CalendarDraft,
    actor: Annotated[Actor, allow(Role.PROVINCE_SECRETARY)],
    uow: Uow,
    version: IfMatch,
) -> Response:
    """Import the year's notice of days off and swapped days. Open recurring duties counted in working days follow.

    If-Match is the ETag of GET, "v0" for a year nobody imported. The same content again changes nothing.
    """
    known = await import_calendar(uow, actor, draft.calendar(year), version)
    return answer(request, CalendarRead.of(known), version=known.version)
