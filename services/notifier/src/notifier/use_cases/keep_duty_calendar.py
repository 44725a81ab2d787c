"""Administration of recurring duties: keep a definition, publish it, look at what it would make."""

from typing import Any

from notifier.domain.recurrence import read_duty_calendar
from notifier.persistence.tables.duties import DutyCalendarRow
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.plan_duties import Ahead, look_ahead
from shared.auth.actors import Actor
from shared.errors import Conflict
from shared.http.etags import check_version


async def keep_duty_calendar(
    uow: NotifierUow, calendar_id: str, document: dict[str, Any], expected: int
) -> DutyCalendarRow:
    """Keep the newest text as a draft. Raises Stale. The same text again changes nothing."""
    row = await uow.duty_calendars.find(calendar_id)
    if row is not None and row.document == document:
        return row
    check_version(expected, row.version if row else 0)
    return await uow.duty_calendars.keep(row, read_duty_calendar(document), document)


async def publish_duty_calendar(uow: NotifierUow, actor: Actor, calendar_id: str, expected: int) -> DutyCalendarRow:
    """Let the newest text make duties. Raises NotFound, Stale, and Conflict when it is in force already."""
    await uow.duty_calendars.get(calendar_id)
    row = await uow.duty_calendars.find(calendar_id)
    assert row is not None  # definitions are never deleted
    check_version(expected, row.version)
    if row.state == "published":
        raise Conflict(
            "Lịch nghĩa vụ này đang có hiệu lực; sửa rồi mới ban hành lại.",
            "This duty calendar is in force already; change it, then publish again.",
            state=row.state,
            allowed=["edit"],
        )
    return await uow.duty_calendars.publish(row, actor.name, await uow.now())


async def preview_duties(uow: NotifierUow, calendar_id: str, year: int) -> Ahead:
    """The days the newest text falls on in a year. Raises NotFound."""
    row = await uow.duty_calendars.get(calendar_id)
    return await look_ahead(uow, read_duty_calendar(row.document), year)
