"""Evaluation and notifier count legal days alike, each by its own module."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data import read_documents
from evaluation.domain import calendars as evaluation_calendars
from evaluation.domain import clocks as evaluation
from evaluation.domain.calendars import legal_deadline
from notifier.data import read_json
from notifier.domain import clocks as notifier
from notifier.domain.working_days import preset, working_days

DAYS = st.dates(date(2019, 1, 1), date(2035, 12, 31))
LENGTHS = st.integers(-60, 60)
DAYS_OFF = st.sets(DAYS, max_size=30)


@given(DAYS, st.integers(-60, 60))
def test_months(day: date, months: int) -> None:
    assert notifier.add_months(day, months) == evaluation.add_months(day, months)
    assert notifier.last_day_before(day) == evaluation.last_day_before(day)


@given(DAYS, LENGTHS, DAYS_OFF, DAYS_OFF)
def test_working_days_of_any_calendar(day: date, length: int, off: set[date], worked: set[date]) -> None:
    days = notifier.WorkingDays(frozenset(off), frozenset(worked))
    assert days.is_working_day(day) == evaluation.is_working_day(day, off, worked)
    assert days.add(day, length) == evaluation.add_working_days(day, length, off, worked)


@settings(deadline=None)  # the first look at a year builds its calendar
@given(DAYS, st.integers(0, 60), st.sampled_from(["day", "working_day", "month"]), st.sampled_from(["from", "before"]))
def test_a_clock_is_a_step(day: date, length: int, unit: str, side: str) -> None:
    clock = evaluation.Clock("c", length, evaluation.ClockUnit(unit), evaluation.ClockSide(side), "event", None)
    step = notifier.Step(length if side == "from" else -length, notifier.ClockUnit(unit))
    known = working_days(preset(year) for year in range(day.year - 3, day.year + 4))
    assert step.taken(day, known) == legal_deadline(clock, day)


@given(DAYS, DAYS_OFF)
def test_a_rolled_day_is_worked_and_no_worked_day_lies_between(day: date, off: set[date]) -> None:
    days = notifier.WorkingDays(frozenset(off))
    for roll, step in ((notifier.Roll.BACK, -1), (notifier.Roll.ON, 1)):
        rolled = days.roll(day, roll)
        assert days.is_working_day(rolled)
        between = [day + timedelta(days=n * step) for n in range(abs((rolled - day).days))]
        assert not any(days.is_working_day(one) for one in between)


def test_both_ship_the_same_swapped_days_and_holidays() -> None:
    documents = [document for _, document in read_documents("calendars")]
    assert documents == [read_json("calendars/vietnam.json")]
    for year in range(2019, 2036):
        ours = {note.date for note in preset(year).days_off}
        assert ours == {day for day in evaluation_calendars.days_off(year, year) if day.year == year}
