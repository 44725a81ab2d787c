"""Growth is measured by the rule, exactly, and every step is explained."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from commerce.domain.growth import (
    Baseline,
    Growth,
    GrowthState,
    Recognition,
    ReportedPeriod,
    measure_growth,
    ratio,
)
from commerce.domain.growth_rules import growth_rules, parse_growth_rules
from shared.ids import new_id

RULES = growth_rules()
BASELINE = Baseline(1_000_000_000, 100_000_000, date(2023, 5, 10))
RECOGNISED = Recognition(new_id(), 3, date(2023, 10, 20), 2023)
YEAR = ReportedPeriod(new_id(), date(2023, 11, 1), date(2024, 10, 31), 12, 1_500_000_000, 150_000_000)
TODAY = date(2024, 11, 5)


def measured(
    *,
    baseline: Baseline = BASELINE,
    recognitions: tuple[Recognition, ...] = (RECOGNISED,),
    periods: tuple[ReportedPeriod, ...] = (YEAR,),
    today: date = TODAY,
) -> Growth:
    return measure_growth(RULES, baseline, recognitions, periods, today)


def test_one_and_a_half_times_of_both_is_just_enough() -> None:
    growth = measured()
    assert (growth.state, growth.revenue_ratio, growth.profit_ratio, growth.met) == (
        GrowthState.MEASURED,
        Fraction(3, 2),
        Fraction(3, 2),
        True,
    )


@pytest.mark.parametrize("change", [{"revenue": 1_499_999_999}, {"profit": 149_999_999}])
def test_one_dong_less_of_either_is_not_enough(change: dict[str, int]) -> None:
    assert measured(periods=(replace(YEAR, **change),)).met is False


def test_ratios_are_exact_fractions() -> None:
    growth = measured(baseline=replace(BASELINE, revenue=3), periods=(replace(YEAR, revenue=10**15),))
    assert str(growth.revenue_ratio) == "1000000000000000/3"


@pytest.mark.parametrize(("baseline", "words"), [(0, "bằng 0"), (-40, "lỗ 40 đồng")])
def test_against_zero_or_a_loss_there_is_no_ratio_but_an_explanation(baseline: int, words: str) -> None:
    growth = measured(baseline=replace(BASELINE, profit=baseline))
    assert (growth.profit_ratio, growth.met) == (None, None)
    profit = next(step for step in growth.steps if step.code == "profit")
    assert words in profit.outcome.vi
    assert "chưa" not in growth.steps[-1].outcome.vi


def test_a_deeper_loss_is_never_taken_for_growth() -> None:
    growth = measured(baseline=replace(BASELINE, profit=-100), periods=(replace(YEAR, profit=-200),))
    assert (growth.profit_ratio, growth.met) == (None, None)
    assert ratio(-200, 100) == Fraction(-2)


def test_where_one_ratio_is_missing_the_other_may_still_decide_against() -> None:
    growth = measured(baseline=replace(BASELINE, profit=0), periods=(replace(YEAR, revenue=10),))
    assert growth.met is False


@pytest.mark.parametrize("recognitions", [(), (replace(RECOGNISED, star=2),)])
def test_a_product_below_the_star_of_the_plan_is_not_measured(recognitions: tuple[Recognition, ...]) -> None:
    growth = measured(recognitions=recognitions)
    assert (growth.state, growth.revenue_ratio) == (GrowthState.NOT_RECOGNISED, None)


def test_the_first_recognition_counts_whatever_the_order() -> None:
    upgrade = Recognition(new_id(), 4, date(2024, 1, 5), 2024)
    for order in ((RECOGNISED, upgrade), (upgrade, RECOGNISED)):
        assert measured(recognitions=order).recognition == RECOGNISED


@pytest.mark.parametrize(
    ("begins", "counts"),
    [
        (date(2023, 10, 19), False),
        (date(2023, 10, 20), True),
        (date(2024, 4, 20), True),
        (date(2024, 4, 21), False),
    ],
)
def test_the_period_begins_with_the_recognition_or_within_the_months_the_rule_allows(
    begins: date, counts: bool
) -> None:
    growth = measured(periods=(replace(YEAR, period_from=begins),))
    assert (growth.state is GrowthState.MEASURED) is counts


def test_shorter_periods_do_not_measure_growth() -> None:
    assert measured(periods=(replace(YEAR, months=3),)).state is GrowthState.WAITING_FOR_FIGURES


def test_before_the_year_is_over_it_is_too_early_and_then_figures_are_awaited() -> None:
    assert measured(periods=(), today=date(2024, 10, 19)).state is GrowthState.TOO_EARLY
    assert measured(periods=(), today=date(2024, 10, 20)).state is GrowthState.WAITING_FOR_FIGURES


def document(**changes: object) -> dict[str, object]:
    entry = {
        "code": "growth",
        "valid_from": "2023-01-01",
        "valid_to": None,
        "min_star": 3,
        "after_months": 12,
        "begins_within_months": 6,
        "at_least": "3/2",
        "measures": ["revenue", "profit"],
        "source": {"vi": "Kế hoạch", "en": "Plan"},
    }
    return {"schema": "ocop-growth-rules/1", "rules": [entry | changes]}


def test_the_rule_in_force_on_the_day_of_recognition_decides() -> None:
    old = document(valid_to="2023-12-31", min_star=4)["rules"]
    new = document(valid_from="2024-01-01")["rules"]
    assert isinstance(old, list)
    assert isinstance(new, list)
    rules = parse_growth_rules({"schema": "ocop-growth-rules/1", "rules": new + old})
    assert measure_growth(rules, BASELINE, (RECOGNISED,), (), TODAY).state is GrowthState.NOT_RECOGNISED
    later = replace(RECOGNISED, issued_on=date(2024, 1, 1))
    found = measure_growth(rules, BASELINE, (RECOGNISED, later), (), TODAY)
    assert found.recognition == later


@pytest.mark.parametrize(
    "changes",
    [{"at_least": "0"}, {"after_months": 0}, {"begins_within_months": 12}, {"measures": ["revenue"]}],
)
def test_a_senseless_rule_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="growth"):
        parse_growth_rules(document(**changes))


def test_two_rules_in_force_at_once_and_foreign_documents_are_refused() -> None:
    entries = document()["rules"]
    assert isinstance(entries, list)
    with pytest.raises(ValueError, match="two growth rules"):
        parse_growth_rules({"schema": "ocop-growth-rules/1", "rules": entries * 2})
    with pytest.raises(ValueError, match="not a document"):
        parse_growth_rules({"schema": "ocop-plan/1", "rules": entries})


def test_the_shipped_rule_is_that_of_the_plan() -> None:
    (rule,) = RULES
    assert (rule.min_star, rule.after_months, rule.at_least) == (3, 12, Fraction(3, 2))
