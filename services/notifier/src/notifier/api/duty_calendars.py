"""Duties that recur: definitions, their publication, and what they make of a year."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from notifier.api.deps import OnceOnly, Uow, units_of
from notifier.api.schemas.duty_calendars import DutyCalendarDraft, DutyCalendarRead, PreviewRead
from notifier.domain.access import SEES_ALL
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.keep_duty_calendar import keep_duty_calendar, preview_duties, publish_duty_calendar
from notifier.use_cases.plan_duties import duties_of
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("notifier", tags=["duty calendars"])
Reader = Annotated[Actor, allow(*SEES_ALL)]
Editor = Annotated[Actor, allow(Role.PROVINCE_SECRETARY)]
CalendarId = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


@router.get("/duty-calendars", response_model=Page[DutyCalendarRead])
async def list_duty_calendars(request: Request, _actor: Reader, uow: Uow, page: PageQuery) -> Response:
    """Definitions of recurring duties by id, those that ship as drafts too."""
    rows, following = await uow.duty_calendars.page(page)
    return answer_page(request, Page(items=[DutyCalendarRead.of(row) for row in rows], next=following))


@router.get("/duty-calendars/{calendar_id}", response_model=DutyCalendarRead)
async def read_duty_calendar(request: Request, calendar_id: CalendarId, _actor: Reader, uow: Uow) -> Response:
    """One definition: its newest text, and whether that is the one in force."""
    row = await uow.duty_calendars.get(calendar_id)
    return answer(request, DutyCalendarRead.of(row), version=row.version)


@router.put("/duty-calendars/{calendar_id}", response_model=DutyCalendarRead)
async def put_duty_calendar(
    request: Request, calendar_id: CalendarId, draft: DutyCalendarDraft, _actor: Editor, uow: Uow, version: IfMatch
) -> Response:
    """Import a definition, or change one, as a draft; If-Match "v0" for a new one. It makes nothing until published."""
    row = await keep_duty_calendar(uow, calendar_id, draft.document(calendar_id), version)
    return answer(request, DutyCalendarRead.of(row), version=row.version)


@router.post("/duty-calendars/{calendar_id}/publication", status_code=201, response_model=DutyCalendarRead)
async def publish_duties(
    calendar_id: CalendarId, actor: Editor, uow: Uow, once: OnceOnly, version: IfMatch
) -> Response:
    """Let the newest text make duties from today on; open ones that it made before follow it or lapse."""

    async def act() -> DutyCalendarRead:
        return DutyCalendarRead.of(await publish_duty_calendar(uow, actor, calendar_id, version))

    return await once(act)


@router.get("/duty-calendars/{calendar_id}/preview", response_model=PreviewRead)
async def preview_duty_calendar(
    request: Request,
    calendar_id: CalendarId,
    _actor: Reader,
    year: Annotated[int, Query(ge=2018, le=2100)],
    with_units: Annotated[bool, Query(description="name every unit, not only how many")] = False,
) -> Response:
    """The duties the newest text would make for a year: each period with its days, and the units that have it.

    The plan's own deadlines, which stand before a calendar's, are not taken out here.
    """
    async with NotifierUow.open(request.app.state.database) as uow:  # ended before registry is asked
        ahead = await preview_duties(uow, calendar_id, year)
    asked = ahead.units_asked(min((one.due_on for one in ahead.occurrences), default=ahead.calendar.valid_from))
    units = {one: await units_of(request).units(*one) for one in asked}
    duties = list(duties_of(ahead, units, ahead.calendar.valid_from))
    return answer(request, PreviewRead.of(ahead, duties, with_units=with_units))
