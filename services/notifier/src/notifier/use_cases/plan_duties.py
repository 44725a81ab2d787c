"""Make the duties of a recurring calendar for a year ahead; look at them again each day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from notifier.domain.duties import Duty
from notifier.domain.recurrence import (
    Audience,
    DutyCalendar,
    Occurrence,
    Superior,
    occurrences,
    reach,
    read_duty_calendar,
)
from notifier.persistence.recurring_duties import SOURCE
from notifier.persistence.tables.obligations import Obligation
from notifier.persistence.unit_of_work import NotifierUow
from shared.contracts.registry import UnitSummary
from shared.contracts.roles import Level

UnitsAsked = tuple[Level, date, str | None]
"""(level, day, province): the units that have a duty are those that exist on its due date."""
Units = Mapping[UnitsAsked, Sequence[UnitSummary]]

LAPSED = "Lịch nghĩa vụ không còn yêu cầu, hoặc kế hoạch năm đã đặt hạn riêng."
REVIVED = "Lịch nghĩa vụ lại yêu cầu."


@dataclass(frozen=True, slots=True)
class Ahead:
    """A definition with the days it falls on in a year."""

    calendar: DutyCalendar
    year: int
    occurrences: Sequence[Occurrence]

    def units_asked(self, since: date) -> set[UnitsAsked]:
        """Which units must be known for what is due from `since` on."""
        due = {one.due_on for one in self.occurrences if one.due_on >= since}
        return {(who.level, day, who.within) for who in self.calendar.who for day in due}


async def look_ahead(uow: NotifierUow, calendar: DutyCalendar, year: int) -> Ahead:
    """The definition's days in a year, by the working days known now."""
    days = await uow.calendars.working_days(reach(calendar, year))
    return Ahead(calendar, year, occurrences(calendar, year, days))


async def what_to_plan(uow: NotifierUow, plan_id: UUID) -> Ahead | None:
    """What a plan asks, None when it is gone."""
    work = await uow.duty_calendars.work(plan_id)
    if work is None:
        return None
    return await look_ahead(uow, read_duty_calendar(work.document), work.plan.year)


async def plan_duties(uow: NotifierUow, plan_id: UUID, units: Units) -> bool:
    """Make what is due from today on, move what its calendar moved, let lapse what it asks no more.

    Returns False, with nothing done, when the definition or a calendar changed since `units` were asked for. What is
    met, missed, or waived or moved by an official stays. Repeating it changes nothing.
    """
    work = await uow.duty_calendars.work(plan_id, lock=True)
    if work is None:
        return True
    ahead = await look_ahead(uow, read_duty_calendar(work.document), work.plan.year)
    now, today = await uow.now(), await uow.today()
    if not ahead.units_asked(today) <= units.keys():
        return False
    covered = await uow.recurring_duties.covered(ahead.calendar.code, {ahead.year})
    wanted = {duty.source_id: duty for duty in duties_of(ahead, units, today) if _own(duty, covered)}
    made = await uow.recurring_duties.made(ahead.calendar.id, ahead.year)
    await uow.recurring_duties.revive([one for one in wanted if one in made], REVIVED, now)
    await uow.recurring_duties.lapse([one for one in made if one not in wanted], LAPSED, now)
    changed = [duty for one, duty in wanted.items() if _differs(made.get(one), duty)]
    if changed:
        await uow.obligations.set([_next(made.get(duty.source_id), duty) for duty in changed])
    uow.duty_calendars.planned(work.plan, today, len(wanted))
    return True


def duties_of(ahead: Ahead, units: Units, since: date) -> Iterable[Duty]:
    """The duty of every unit for each occurrence due from `since` on."""
    for occurrence in ahead.occurrences:
        if occurrence.due_on < since:
            continue
        for who in ahead.calendar.who:
            for unit in units[(who.level, occurrence.due_on, who.within)]:
                yield _duty(ahead, occurrence, who, unit)


def superior_of(who: Audience, unit: UnitSummary) -> tuple[Superior, str] | None:
    """Who stands above a unit, and in which unit: the first of the definition's that there is."""
    for superior in who.superiors:
        codes = {
            unit.level: unit.code,
            Level.DISTRICT: unit.district_code or (unit.code if unit.level is Level.DISTRICT else None),
            Level.PROVINCE: unit.province_code or (unit.code if unit.level is Level.PROVINCE else None),
            Level.CENTRAL: "VN",
        }
        code = codes.get(superior.level)
        if code is not None:
            return superior, code
    return None


def _duty(ahead: Ahead, occurrence: Occurrence, who: Audience, unit: UnitSummary) -> Duty:
    calendar = ahead.calendar
    title, title_en = calendar.titles(occurrence)
    above = superior_of(who, unit)
    return Duty(
        source_kind=SOURCE,
        source_id=f"{calendar.id}:{occurrence.period}:{unit.code}",
        revision=1,
        deadline_key=f"{calendar.id}:{occurrence.period}",
        code=calendar.code,
        title=title,
        title_en=title_en,
        source=calendar.source,
        year=ahead.year,
        period=occurrence.period,
        unit_code=unit.code,
        unit_name=unit.full_name,
        level=unit.level,
        responsible=who.responsible,
        superior=above[0].role if above else None,
        superior_unit_code=above[1] if above else None,
        opens_on=occurrence.opens_on,
        due_on=occurrence.due_on,
        about=unit.code,
        fulfilled_by=calendar.fulfilled_by,
        counts_from=occurrence.counts_from,
        allowed_acts=calendar.officials_may,
    )


def _own(duty: Duty, covered: set[tuple[str, str]]) -> bool:
    return (duty.period, duty.unit_code) not in covered


COMPARED = (
    ("code", "code"),
    ("title", "title"),
    ("title_en", "title_en"),
    ("source", "source"),
    ("unit_name", "unit_name"),
    ("responsible", "responsible"),
    ("superior", "superior"),
    ("superior_unit_code", "superior_unit_code"),
    ("opens_on", "opens_on"),
    ("asked_due_on", "due_on"),
)


def _differs(made: Obligation | None, duty: Duty) -> bool:
    if made is None:
        return True
    if made.state != "open" or made.moved_at is not None:
        return False
    lists = (made.fulfilled_by, made.allowed_acts) != (list(duty.fulfilled_by), list(duty.allowed_acts))
    return lists or any(getattr(made, kept) != getattr(duty, asked) for kept, asked in COMPARED)


def _next(made: Obligation | None, duty: Duty) -> Duty:
    """The duty as the next revision of what there is."""
    return duty if made is None else replace(duty, revision=made.revision + 1)
