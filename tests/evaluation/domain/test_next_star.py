"""The way to the next star is the cheapest: held against trying every answer sheet, on small sheets."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evaluation.worlds import best_choices, sheet_of

from evaluation.domain.catalogue import default_charter, shipped_rulesets, shipped_sheets
from evaluation.domain.charters import FloorTest
from evaluation.domain.choices import Choice, ScoreSheet
from evaluation.domain.forecasts import forecast, knock_out_lines
from evaluation.domain.next_star import Plan, possible_answers, reach_star
from evaluation.domain.rulesets import Band, FloorEffect, Ruleset
from evaluation.domain.scoring import score
from evaluation.domain.sheets import Alternative, Criterion, Option, Part, Sheet

BY_ID = {ruleset.id: ruleset for ruleset in shipped_rulesets()}
LAW = BY_ID["qd26-2026"]


def ruleset_of(total: int, effect: FloorEffect) -> Ruleset:
    """Five bands over `total` points, each including its lower bound."""
    bounds = [Fraction(total * share, 10) for share in (0, 3, 5, 7, 9)]
    tops = [*bounds[1:], Fraction(total)]
    bands = tuple(
        Band(star, low, True, high, star == 5, star > 2, "x" if star > 2 else None, star > 2)
        for star, (low, high) in enumerate(zip(bounds, tops, strict=True), 1)
    )
    return replace(LAW, parts={"A": total}, bands=bands[::-1], floor_effect=effect, sheet_codes=())


@st.composite
def options(draw: st.DrawFn) -> tuple[Option, ...]:
    points = draw(st.lists(st.integers(0, 4), min_size=1, max_size=3))
    return tuple(Option(number, "x", worth, None) for number, worth in enumerate(points, 1))


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    made: list[Criterion] = []
    for place in range(draw(st.integers(1, 5))):
        rows: tuple[Option, ...] = ()
        cases: tuple[Alternative, ...] = ()
        if draw(st.integers(0, 4)) == 0:
            cases = (Alternative("a", "a", draw(options())), Alternative("b", "b", draw(options())))
        else:
            rows = draw(options())
        needs = draw(st.sampled_from([None, None, *(one.code for one in made)]))
        floors = draw(st.dictionaries(st.integers(3, 5), st.integers(0, 4), max_size=2))
        every = [option.points for option in (*rows, *(o for case in cases for o in case.options))]
        made.append(
            Criterion(
                code=str(place),
                part="A",
                title_vi="x",
                title_en=None,
                max=max(every),
                options=rows,
                alternatives=cases,
                implicit_zero=0 not in every,
                min_points_by_star=floors,
                requires_positive=needs,
                commune_report_item=None,
                knockouts_vi=(),
                requirements_vi=(),
                notes_vi=(),
            )
        )
    total = max(sum(one.max for one in made), 1)
    base = sheet_of("QD26-01")
    return replace(base, parts=(Part("A", "x", None, total, tuple(made)),), criteria=tuple(made), total_max=total)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Ruleset, Sheet, dict[str, Choice], int]:
    sheet = draw(sheets())
    choices: dict[str, Choice] = {}
    for criterion in sheet.criteria:
        every = [answer.choice for answer in possible_answers(criterion, None)]
        if criterion.implicit_zero:
            every.append(0)
        chosen = draw(st.sampled_from(every))
        if chosen is not None:
            choices[criterion.code] = chosen
    effect = draw(st.sampled_from(list(FloorEffect)))
    return ruleset_of(sheet.total_max, effect), sheet, choices, draw(st.integers(1, 5))


def number_of(choice: Choice | None) -> int:
    return int(str(choice).split(".")[-1]) if choice is not None else 0


def brute_force(ruleset: Ruleset, sheet: Sheet, choices: Mapping[str, Choice], star: int) -> tuple[int, int] | None:
    """Criteria changed and steps of the cheapest answers that reach the star, by trying all."""
    best: tuple[int, int] | None = None
    every: list[list[Choice | None]] = []
    for criterion in sheet.criteria:
        now = choices.get(criterion.code)
        rows: list[Choice | None] = [option.number for option in criterion.options]
        rows += [
            f"{case.code}.{option.number}"
            for case in criterion.alternatives
            if not isinstance(now, str) or now.split(".")[0] == case.code
            for option in case.options
        ]
        every.append([now, *(row for row in rows if row != now)])
    for tried in itertools.product(*every):
        answers = dict(zip([criterion.code for criterion in sheet.criteria], tried, strict=True))
        if star_of(ruleset, sheet, answers) < star:
            continue
        changed = [code for code, choice in answers.items() if choice != choices.get(code)]
        steps = sum(abs(number_of(answers[code]) - number_of(choices.get(code))) for code in changed)
        best = min(best or (99, 99), (len(changed), steps))
    return best


def star_of(ruleset: Ruleset, sheet: Sheet, answers: Mapping[str, Choice | None]) -> int:
    """The star by the shortest words of the rule, written apart from the product's code."""
    raw: dict[str, int] = {}
    for criterion in sheet.criteria:
        choice, options = answers[criterion.code], criterion.options
        for case in criterion.alternatives:
            if isinstance(choice, str) and choice.startswith(f"{case.code}."):
                options = case.options
        number = number_of(choice)
        raw[criterion.code] = options[number - 1].points if number else 0
    points = {
        one.code: 0 if one.requires_positive and raw[one.requires_positive] == 0 else raw[one.code]
        for one in sheet.criteria
    }
    total = sum(points.values())
    star = max(band.star for band in ruleset.bands if total >= band.low)
    if ruleset.floor_effect is not FloorEffect.CAP:
        return star
    while star > 1 and any(
        points[one.code] < needs for one in sheet.criteria for of, needs in one.min_points_by_star.items() if of <= star
    ):
        star -= 1
    return star


def answers_after(choices: Mapping[str, Choice], plan: Plan, sheet: Sheet) -> dict[str, Choice | None]:
    changed = {change.criterion: change.to_choice for change in plan.changes}
    return {one.code: changed.get(one.code, choices.get(one.code)) for one in sheet.criteria}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_no_cheaper_way_exists_and_the_way_told_arrives(case: tuple[Ruleset, Sheet, dict[str, Choice], int]) -> None:
    ruleset, sheet, choices, star = case
    plan, best = reach_star(ruleset, sheet, choices, star), brute_force(ruleset, sheet, choices, star)
    if plan is None:
        assert best is None
        return
    assert (len(plan.changes), sum(change.steps for change in plan.changes)) == best
    assert star_of(ruleset, sheet, answers_after(choices, plan, sheet)) >= star


@settings(max_examples=200, deadline=None)
@given(cases())
def test_a_forecast_is_the_star_of_the_same_words(case: tuple[Ruleset, Sheet, dict[str, Choice], int]) -> None:
    ruleset, sheet, choices, _ = case
    told = forecast(ruleset, sheet, choices)
    assert told.star == star_of(ruleset, sheet, {one.code: choices.get(one.code) for one in sheet.criteria})
    assert told.total == sum(told.points.values()) == sum(told.parts.values())
    assert told.next_star is None or told.next_star > told.star


COMPLETE = [sheet.code for sheet in shipped_sheets() if not sheet.recorded_only]


@pytest.mark.parametrize("code", COMPLETE)
def test_from_an_empty_sheet_the_way_to_every_star_is_confirmed_by_the_scoring_function(code: str) -> None:
    sheet = sheet_of(code)
    ruleset = next(ruleset for ruleset in shipped_rulesets() if code in ruleset.sheet_codes)
    charter = default_charter().with_floor_test(FloorTest.EVERY)
    for star in range(2, 6):
        plan = reach_star(ruleset, sheet, {}, star)
        assert plan is not None, f"{code} cannot reach {star} stars"
        after = answers_after({}, plan, sheet)
        whole = {one.code: after[one.code] if after[one.code] is not None else _none(one) for one in sheet.criteria}
        result = score(ruleset, sheet, charter, [ScoreSheet("m", whole)])  # type: ignore[arg-type]  # none is None now
        assert result.star is not None
        assert result.star >= star
        assert result.mean == plan.total


def _none(criterion: Criterion) -> Choice:
    """The answer worth the fewest points."""
    if criterion.implicit_zero:
        return 0
    rows = criterion.options or criterion.alternatives[0].options
    number = min(rows, key=lambda option: option.points).number
    return f"{criterion.alternatives[0].code}.{number}" if criterion.alternatives else number


def test_a_product_at_the_top_has_no_next_star() -> None:
    sheet = sheet_of("QD26-13")
    told = forecast(LAW, sheet, best_choices(sheet))
    assert (told.star, told.next_star, told.plan) == (5, None, None)


def test_one_missed_floor_is_the_one_change_that_is_told() -> None:
    sheet = sheet_of("QD26-01")
    floor = next(one for one in sheet.floor_criteria if 4 in one.min_points_by_star and one.options)
    worst = min(floor.options, key=lambda option: option.points)
    told = forecast(LAW, sheet, best_choices(sheet) | {floor.code: worst.number})
    assert told.band > told.star
    assert told.plan is not None
    assert [change.criterion for change in told.plan.changes] == [floor.code]


def test_a_line_that_takes_a_product_out_is_at_risk_where_nothing_is_claimed_on_it() -> None:
    sheet = sheet_of("QD26-01")
    printed = next(one for one in sheet.criteria if one.knockouts_vi)
    lines = knock_out_lines(sheet, {printed.code: 0}, {printed.code}, paper_missing=True)
    assert {line.at_risk for line in lines if line.at is None} == {True}
    assert {line.at_risk for line in lines if line.at == printed.code} == {True}
    assert {line.at_risk for line in lines if line.at not in (None, printed.code)} <= {None}


def test_a_criterion_counts_by_what_the_one_it_needs_claims_not_by_what_that_one_counts() -> None:
    sheet = sheet_of("QD26-01")
    first, second, third, *others = sheet.criteria
    chained = (
        first,
        replace(second, requires_positive=first.code),
        replace(third, requires_positive=second.code),
        *others,
    )
    claims: dict[str, Choice] = {second.code: len(second.options), third.code: len(third.options)}
    told = forecast(LAW, replace(sheet, criteria=chained), claims)
    assert told.forced == (second.code,)
    assert told.total == told.points[third.code] == third.options[-1].points > 0
