"""The arithmetic of the board: exact, by kind of measure, with nothing shown where too few stand behind it."""

from datetime import date
from typing import Any

import pytest

from registry.domain.boards import AFTER, Bucket, TargetResult, results_of

DAY = date(2023, 10, 20)


def target(measure: str, **changes: Any) -> dict[str, Any]:
    return {
        "position": 0,
        "code": "x",
        "vi": "Chỉ tiêu",
        "en": None,
        "measure": measure,
        "at_least": 0.7,
        "expected_up_to": None,
        "by": None,
        "per_unit_at_least": None,
        "parameters": {},
    } | changes


def bucket(unit: str, month: int | None, n: int, d: int, series: str = "", things: int = 1) -> Bucket:
    return Bucket(0, series, unit, month, n, d, things)


def result(wanted: dict[str, Any], *buckets: Bucket, as_of: date = DAY) -> TargetResult:
    (one,) = results_of([wanted], buckets, year=2023, as_of=as_of, units={"502": "Tam Kỳ"}, districts=["502", "503"])
    return one


def test_a_share_counts_what_was_reached_over_everything() -> None:
    one = result(target("share"), bucket("502", 8, 2, 2), bucket("502", None, 1, 1))
    assert (one.value, one.share, one.met) == (0.6667, 0.9524, False)
    assert [(u.unit_code, u.value) for u in one.by_unit] == [("502", 0.6667), ("503", None)]


def test_a_share_is_met_exactly_at_its_target() -> None:
    assert result(target("share"), bucket("502", 8, 7, 7), bucket("502", None, 3, 3)).met


def test_without_a_base_there_is_no_value() -> None:
    one = result(target("share"))
    assert (one.value, one.share, one.met) == (None, None, False)
    assert result(target("ratio_to_baseline", at_least=1.5), bucket("502", 1, 9, 0, "revenue")).value is None


def test_a_count_is_zero_when_nothing_happened() -> None:
    one = result(target("count", at_least=10))
    assert (one.value, one.share, one.met) == (0.0, 0.0, False)


def test_units_are_counted_when_they_have_enough() -> None:
    wanted = target("count_of_units", at_least=2, per_unit_at_least=2)
    one = result(wanted, bucket("502", 3, 1, 0), bucket("502", 5, 1, 0), bucket("503", 5, 1, 0))
    assert one.value == 1
    assert [(u.unit_code, u.value) for u in one.by_unit] == [("502", 2.0), ("503", 1.0)]


def test_growth_is_the_lower_of_revenue_and_profit() -> None:
    buckets = [
        bucket("502", 9, 330, 200, "revenue", things=2),
        bucket("502", 9, 60, 50, "profit", things=2),
        bucket("503", 9, 170, 100, "revenue"),
        bucket("503", 9, 30, 10, "profit"),
    ]
    one = result(target("ratio_to_baseline", at_least=1.5), *buckets)
    assert one.value == 1.5
    assert one.met
    assert [u.value for u in one.by_unit] == [1.2, 1.7]


@pytest.mark.parametrize(("things", "value"), [(2, None), (3, 1.5)])
def test_money_of_few_producers_is_not_shown(things: int, value: float | None) -> None:
    wanted = target("ratio_to_baseline", at_least=1.5, parameters={"hide_below": 3})
    one = result(wanted, bucket("502", 9, 3, 2, "revenue", things), bucket("502", 9, 3, 2, "profit", things))
    assert (one.value, one.by_unit[0].value) == (value, value)


def test_the_trend_has_the_months_until_today_and_units_their_change_in_this_month() -> None:
    one = result(target("count", at_least=4), bucket("502", 0, 1, 0), bucket("502", 8, 1, 0), bucket("502", 10, 2, 0))
    assert [point.value for point in one.trend] == [1, 1, 1, 1, 1, 1, 1, 2, 2, 4]
    assert (one.trend[0].month, one.trend[-1].month) == ("2023-01", "2023-10")
    assert [(u.value, u.change) for u in one.by_unit] == [(4.0, 2.0), (0.0, 0.0)]


def test_what_happened_after_the_year_counts_once_the_year_is_over() -> None:
    late = bucket("502", AFTER, 1, 0)
    assert result(target("count", at_least=1), late, as_of=date(2024, 2, 1)).met
    assert len(result(target("count", at_least=1), late, as_of=date(2024, 2, 1)).trend) == 12
    assert not result(target("count", at_least=1), late).met


def test_a_unit_that_is_no_district_is_listed_by_itself() -> None:
    one = result(target("count", at_least=2), bucket("49", 6, 2, 0))
    assert [(u.unit_code, u.unit_name, u.value) for u in one.by_unit] == [("49", "49", 2.0)]
