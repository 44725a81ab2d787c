"""How long a certificate holds, and which star is true on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.validity import Holding, Status, months_after, status_on


@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2023, 9, 15), 36, date(2026, 9, 15)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2023, 12, 31), 1, date(2024, 1, 31)),
        (date(2023, 12, 31), 12, date(2024, 12, 31)),
    ],
)
def test_a_term_ends_with_the_corresponding_day_or_the_months_last(issued: date, months: int, last: date) -> None:
    assert months_after(issued, months) == last


@given(st.dates(date(2018, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_a_term_lands_in_the_right_month_and_never_after_the_same_day(day: date, months: int) -> None:
    last = months_after(day, months)
    assert (last.year - day.year) * 12 + last.month - day.month == months
    assert last.day <= day.day
    assert last.day == day.day or (last + timedelta(days=1)).day == 1


def test_a_certificate_holds_through_its_last_day_and_not_on_the_next() -> None:
    holding = Holding(3, date(2023, 9, 15), date(2026, 9, 15))
    expected = {
        date(2023, 9, 14): Status.NOT_YET,
        date(2023, 9, 15): Status.VALID,
        date(2026, 9, 15): Status.VALID,
        date(2026, 9, 16): Status.EXPIRED,
    }
    assert {day: status_on([holding], day)[0] for day in expected} == expected


def test_a_revoked_certificate_stops_on_its_day_and_stays_revoked() -> None:
    holding = Holding(4, date(2023, 9, 15), date(2026, 9, 15), date(2024, 5, 2), "revoked")
    assert status_on([holding], date(2024, 5, 1))[0] is Status.VALID
    assert status_on([holding], date(2024, 5, 2))[0] is Status.REVOKED
    assert status_on([holding], date(2030, 1, 1))[0] is Status.REVOKED


def test_a_certificate_replaced_on_its_first_day_never_held() -> None:
    never = Holding(3, date(2023, 9, 15), date(2026, 9, 15), date(2023, 9, 15), "replaced")
    now = Holding(4, date(2023, 9, 15), date(2026, 9, 15))
    assert not never.overlaps(now)
    assert status_on([never, now], date(2023, 9, 15)) == (Status.VALID, now)
    assert status_on([never], date(2023, 9, 15)) == (Status.NOT_YET, None)
