"""Working days in Vietnam: Tết, swapped days, weekends."""

from datetime import date

import pytest

from evaluation.domain.calendars import legal_deadline
from evaluation.domain.catalogue import shipped_rulesets
from evaluation.domain.clocks import Clock, ClockSide, ClockUnit

REVIEW = Clock("commune_review", 15, ClockUnit.WORKING_DAY, ClockSide.FROM, "dossier received", None)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 6, 1), date(2026, 6, 22)),  # three plain weeks
        (date(2026, 8, 20), date(2026, 9, 14)),  # 22/8 is worked, 31/8 to 2/9 are off
        (date(2027, 1, 28), date(2027, 2, 25)),  # Tết: 4 to 10 February are off
        (date(2026, 12, 31), date(2027, 1, 22)),  # the year turns while the clock runs
        (date(2026, 4, 24), date(2026, 5, 20)),  # 27/4, 30/4 and 1/5 are off
    ],
)
def test_fifteen_working_days_end_where_a_calendar_says(received: date, due: date) -> None:
    assert legal_deadline(REVIEW, received) == due


def test_the_shipped_clock_of_the_commune_is_that_clock() -> None:
    law = next(ruleset for ruleset in shipped_rulesets() if ruleset.id == "qd26-2026")
    clock = law.clock("commune_review")
    assert clock is not None
    assert (clock.length, clock.unit, clock.ref) == (15, ClockUnit.WORKING_DAY, "Art. 7.2")
