"""Take over the working days of a year from its notice."""

from notifier.domain.working_days import YearCalendar, contradiction
from notifier.persistence.calendars import KnownCalendar
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, Text
from shared.http.etags import check_version

WORDS = {
    "other_year": Text("Ngày không thuộc năm này.", "The day is not in this year."),
    "twice": Text("Ngày này đã có trong danh sách.", "The day is listed already."),
    "no_weekend": Text("Ngày làm bù phải là thứ Bảy hoặc Chủ nhật.", "A day worked in exchange is a weekend day."),
    "off_too": Text("Ngày này vừa nghỉ vừa làm bù.", "The day is listed as off and as worked."),
}


async def import_calendar(uow: NotifierUow, actor: Actor, calendar: YearCalendar, expected: int) -> KnownCalendar:
    """Keep a year's calendar and have duties and reminder steps that depend on it planned anew.

    Raises Stale when somebody imported since, Invalid for a day that cannot be right. The same content changes nothing.
    """
    known = await uow.calendars.get(calendar.year, lock=True)
    if known.version and known.calendar == calendar:
        return known
    check_version(expected, known.version)
    if (wrong := contradiction(calendar)) is not None:
        name, position, code = wrong
        raise Invalid(faults=[Fault(f"{name}[{position}].date", code, WORDS[code])])
    now = await uow.now()
    changed = KnownCalendar(calendar, known.version + 1, actor.name, now)
    await uow.calendars.put(changed, actor.person_id, now)
    await uow.settlement.unsettle_outstanding()
    return changed
