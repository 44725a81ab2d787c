"""Months of the calendar."""

from datetime import date

import pytest

from commerce.domain.periods import add_months, last_day, whole_months


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2023-11-01", "2024-10-31", 12),
        ("2023-10-20", "2024-10-19", 12),
        ("2024-02-29", "2025-02-27", 12),
        ("2024-01-01", "2024-03-31", 3),
        ("2024-02-01", "2024-02-29", 1),
        ("2023-02-01", "2023-02-28", 1),
        ("2024-02-01", "2024-02-28", None),
        ("2023-11-01", "2024-11-30", None),
        ("2024-01-02", "2024-01-01", None),
        ("2024-01-01", "2024-01-01", None),
    ],
)
def test_a_period_is_a_whole_number_of_months_or_none(first: str, last: str, months: int | None) -> None:
    assert whole_months(date.fromisoformat(first), date.fromisoformat(last)) == months


def test_a_month_without_the_day_gives_its_last_day() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2023, 12, 31), 2) == date(2024, 2, 29)
    assert last_day(date(2023, 12, 1), 1) == date(2023, 12, 31)
