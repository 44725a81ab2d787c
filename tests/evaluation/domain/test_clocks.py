"""Deadlines of the law on the calendar of Vietnam."""

from datetime import date

import pytest

from evaluation.domain.clocks import (
    MonthDay,
    add_months,
    add_working_days,
    deadline,
    is_working_day,
    last_day_before,
    next_round,
)

# Reunification Day and Labour Day 2026 with Hùng Kings' day (26 April, a Sunday, rested on Monday the 27th).
HOLIDAYS = frozenset({date(2026, 4, 27), date(2026, 4, 30), date(2026, 5, 1), date(2026, 9, 2)})


@pytest.fixture
def law(rulesets):
    return rulesets["qd26-2026"]


def test_the_commune_has_fifteen_working_days_not_counting_the_day_of_receipt(law):
    clock = law.clock("commune_review")
    assert deadline(clock, date(2026, 6, 1), HOLIDAYS) == date(2026, 6, 22)
    assert deadline(clock, date(2026, 4, 20), HOLIDAYS) == date(2026, 5, 14)  # three holidays and three weekends
    assert deadline(clock, date(2026, 6, 6), HOLIDAYS) == date(2026, 6, 26)  # received on a Saturday


def test_a_weekend_day_worked_in_exchange_counts():
    saturday = date(2026, 6, 6)
    assert not is_working_day(saturday, HOLIDAYS)
    assert is_working_day(saturday, HOLIDAYS, {saturday})
    assert add_working_days(date(2026, 6, 5), 1, HOLIDAYS, {saturday}) == saturday
    assert add_working_days(date(2026, 6, 5), 1, HOLIDAYS) == date(2026, 6, 8)


def test_working_days_count_backwards_too():
    assert add_working_days(date(2026, 5, 4), -1, HOLIDAYS) == date(2026, 4, 29)
    assert add_working_days(date(2026, 5, 4), 0, HOLIDAYS) == date(2026, 5, 4)


def test_calendar_clocks_run_from_and_before_their_event(law):
    expiry = date(2026, 12, 31)
    assert deadline(law.clock("renewal_file_earliest"), expiry, HOLIDAYS) == date(2026, 7, 4)
    assert deadline(law.clock("renewal_file_latest"), expiry, HOLIDAYS) == date(2026, 9, 2)
    assert deadline(law.clock("renewal_grace_max"), expiry, HOLIDAYS) == date(2027, 6, 29)
    assert deadline(law.clock("revocation"), date(2026, 8, 20), HOLIDAYS) == date(2026, 9, 4)


def test_before_a_day_is_strict():
    assert last_day_before(date(2026, 4, 30)) == date(2026, 4, 29)
    assert last_day_before(date(2027, 1, 1)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("issued_on", "months", "expected"),
    [
        (date(2026, 6, 15), 36, date(2029, 6, 15)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_validity_runs_by_calendar_months(issued_on, months, expected):
    assert add_months(issued_on, months) == expected


@pytest.mark.parametrize(
    ("level", "proposed_on", "proposed_before", "held_before"),
    [
        ("province", date(2026, 4, 29), date(2026, 4, 30), date(2026, 6, 30)),
        ("province", date(2026, 4, 30), date(2026, 10, 30), date(2026, 12, 30)),
        ("province", date(2026, 10, 29), date(2026, 10, 30), date(2026, 12, 30)),
        ("province", date(2026, 10, 30), date(2027, 4, 30), date(2027, 6, 30)),
        ("central", date(2026, 7, 29), date(2026, 7, 30), date(2026, 9, 30)),
        ("central", date(2026, 7, 30), date(2027, 1, 30), date(2027, 3, 30)),
        ("central", date(2026, 12, 31), date(2027, 1, 30), date(2027, 3, 30)),
    ],
)
def test_a_dossier_enters_the_next_round_it_is_still_in_time_for(law, level, proposed_on, proposed_before, held_before):
    found = next_round(law.rounds, level, proposed_on)
    assert (found.proposed_before, found.held_before) == (proposed_before, held_before)
    assert (found.propose_by, found.hold_by) == (
        last_day_before(proposed_before),
        last_day_before(held_before),
    )
    assert found.propose_by >= proposed_on


def test_a_level_without_rounds_has_no_next_round(law, rulesets):
    assert next_round(law.rounds, "commune", date(2026, 6, 1)) is None
    assert next_round(rulesets["qd148-2023"].rounds, "province", date(2024, 6, 1)) is None


def test_a_round_that_ends_in_the_next_year_stays_in_order():
    assert MonthDay(2, 1).first_after(date(2026, 12, 1)) == date(2027, 2, 1)
    assert MonthDay(12, 1).first_after(date(2026, 12, 1)) == date(2027, 12, 1)
