"""Worked examples: floors on sheet 1 of 26/2026, knock-outs, dependencies, refusals, part totals."""

from dataclasses import replace
from fractions import Fraction

import pytest

from evaluation.domain.charters import FloorTest
from evaluation.domain.choices import ScoreSheet
from evaluation.domain.explanations import KnockOut, decimal_text
from evaluation.domain.faults import ScoreError
from evaluation.domain.rulesets import FloorEffect
from evaluation.domain.scoring import score


@pytest.fixture
def law(rulesets):
    return rulesets["qd26-2026"]


@pytest.fixture
def vegetables(sheets):
    return sheets["QD26-01"]


@pytest.fixture
def worth(shipped):
    """Choices on sheet 1 with an exact total: floors up to `star` met, some criteria fixed."""
    document = shipped.documents["QD26-01"]
    floors = {criterion["code"]: criterion.get("min_points_by_star", {}) for criterion in shipped.criteria(document)}

    def build(total, star, **fixed):
        def allowed(code, points):
            if code in fixed:
                return points == fixed[code]
            return all(points >= least for mark, least in floors[code].items() if int(mark) <= star)

        return shipped.worth(document, total, allowed)

    return build


@pytest.fixture
def best(shipped):
    return shipped.extreme(shipped.documents["QD26-01"], True)


def one(law, sheet, charter, choices, test=FloorTest.EVERY):
    return score(law, sheet, charter.with_floor_test(test), [ScoreSheet("m1", choices)])


def test_92_points_without_a_registered_trademark_is_at_most_three_stars(law, vegetables, charter, worth):
    result = one(law, vegetables, charter, worth(92, 5, **{"3.5": 1}))
    assert (result.mean, result.band, result.star, result.recognised) == (92, 5, 3, True)
    assert [(m.criterion, m.star, m.needs, m.has) for m in result.floors_missed] == [("3.5", 4, 2, 1)]


def test_92_points_with_less_distribution_than_five_stars_need_is_at_most_four(law, vegetables, charter, worth):
    result = one(law, vegetables, charter, worth(92, 5, **{"4.1": 3}))
    assert (result.band, result.star) == (5, 4)
    assert [(m.criterion, m.star, m.needs, m.has) for m in result.floors_missed] == [("4.1", 5, 5, 3)]


def test_75_points_with_poor_packaging_is_not_recognised(law, vegetables, charter, worth):
    result = one(law, vegetables, charter, worth(75, 4, **{"2.2": 1}))
    assert (result.band, result.star, result.recognised) == (4, 2, False)
    assert ("2.2", 3) in {(m.criterion, m.star) for m in result.floors_missed}


def test_92_points_with_every_floor_met_is_five_stars(law, vegetables, charter, worth):
    result = one(law, vegetables, charter, worth(92, 5))
    assert (result.band, result.star, result.floors_missed) == (5, 5, ())


def test_a_mean_of_69_95_is_three_stars_and_30_is_two(law, vegetables, charter, worth):
    members = [ScoreSheet(f"m{i}", worth(70, 3)) for i in range(19)] + [ScoreSheet("m19", worth(69, 3))]
    result = score(law, vegetables, charter.with_floor_test(FloorTest.EVERY), members)
    assert (result.mean, result.mean_decimal, result.star) == (Fraction(6995, 100), "69.95", 3)
    assert one(law, vegetables, charter, worth(30, 0)).star == 2


def test_a_split_council_passes_by_agreement_or_mean_but_not_by_every_member(law, vegetables, charter, best):
    ticks = (1, 3, 3)  # 3.5: accepted application 1 point, registered trademark and more 3 points
    members = [ScoreSheet(f"m{i}", {**best, "3.5": tick}) for i, tick in enumerate(ticks)]
    agreed = {criterion.code: best[criterion.code] for criterion in vegetables.floor_criteria}

    def star(test, settled):
        return score(law, vegetables, charter.with_floor_test(test), members, agreed=settled).star

    assert star(FloorTest.MEAN, None) == 5
    assert star(FloorTest.EVERY, None) == 3
    assert star(FloorTest.AGREED, {**agreed, "3.5": 2}) == 5
    assert star(FloorTest.AGREED, {**agreed, "3.5": 1}) == 3


def test_an_agreed_option_nobody_ticked_is_remarked(law, vegetables, charter, best):
    agreed = {criterion.code: best[criterion.code] for criterion in vegetables.floor_criteria}
    result = score(law, vegetables, charter, [ScoreSheet("m1", {**best, "3.5": 1})], agreed=agreed)
    remarks = [step for step in result.steps if step.rule == "agreed_outside_scores"]
    assert len(remarks) == 1
    assert "3.5" in remarks[0].outcome_vi


def test_agreement_must_cover_every_criterion_with_a_floor(law, vegetables, charter, best):
    with pytest.raises(ScoreError) as refusal:
        score(law, vegetables, charter, [ScoreSheet("m1", best)], agreed={"3.5": 9})
    faults = {fault.path: fault.code for fault in refusal.value.faults}
    assert faults['agreed["3.5"]'] == "unknown_option"
    assert faults['agreed["4.1"]'] == "missing"
    assert len(faults) == len(vegetables.floor_criteria)


def test_advice_reports_missed_floors_and_keeps_the_star(law, vegetables, charter, best):
    advising = replace(law, floor_effect=FloorEffect.ADVISE)
    result = one(advising, vegetables, charter, {**best, "3.5": 1})
    assert (result.star, [(m.criterion, m.star) for m in result.floors_missed]) == (5, [("3.5", 4)])
    assert "tham khảo" in result.steps[-1].outcome_vi
    silent = one(replace(law, floor_effect=FloorEffect.NONE), vegetables, charter, {**best, "3.5": 1})
    assert (silent.star, silent.floors_missed) == (5, ())


def test_structure_of_a_story_counts_nothing_without_a_story(law, vegetables, charter, best):
    with_story = one(law, vegetables, charter, best)
    without = one(law, vegetables, charter, {**best, "5.1": 1})
    assert with_story.mean - without.mean == 5 + 2
    assert without.criteria["5.2"] == 0
    step = next(step for step in without.steps if step.rule == "requires_positive")
    assert "5.2" in step.outcome_vi
    assert "Chỉ áp dụng khi có câu chuyện sản phẩm" in step.source


def test_a_knock_out_leaves_no_star_whatever_the_points(law, vegetables, charter, best):
    forged = KnockOut("forged_papers", "giả mạo hồ sơ", "forged papers")
    result = score(law, vegetables, charter, [ScoreSheet("m1", best)], knock_outs=[forged])
    assert (result.mean, result.band, result.star, result.recognised) == (100, 5, None, False)
    assert result.knocked_out
    assert result.steps[0].rule == "knock_out"
    assert "giả mạo hồ sơ" in result.steps[0].outcome_vi
    unscored = score(law, vegetables, charter, [], knock_outs=[forged])
    assert (unscored.mean, unscored.mean_decimal, unscored.band, unscored.star) == (None, None, None, None)


def test_members_ten_points_apart_pass_and_eleven_are_told_to_score_again(law, vegetables, charter, worth):
    def council(*totals):
        members = [ScoreSheet(f"m{i}", worth(total, 0)) for i, total in enumerate(totals)]
        return score(law, vegetables, charter.with_floor_test(FloorTest.MEAN), members)

    assert not council(70, 80).diverges
    apart = council(70, 81)
    assert (apart.diverges, apart.divergence) == (True, 11)
    assert "divergence" in [step.rule for step in apart.steps]


def test_every_step_names_a_rule_and_a_source_in_both_languages(law, vegetables, charter, best):
    result = one(law, vegetables, charter, {**best, "5.1": 1, "3.5": 1})
    assert [step.rule for step in result.steps][:3] == ["requires_positive", "mean", "band"]
    assert result.steps[-1].rule == "star"
    for step in result.steps:
        assert step.source
        assert step.outcome_vi
        assert step.outcome_en
        assert step.outcome_vi != step.outcome_en
    assert "Điều 3 khoản 3" in result.steps[1].source


def test_tourism_answers_one_of_two_cases(law, shipped, charter):
    tourism, best = shipped.sheets["QD26-26"], shipped.extreme(shipped.documents["QD26-26"], True)
    case_b = {**best, "8": "b.2", "9": "b.1", "15": 0}
    a, b = one(law, tourism, charter, best), one(law, tourism, charter, case_b)
    assert a.mean == 100
    assert b.criteria["15"] == 0
    for wrong, code in (
        (2, "alternative_missing"),
        ("c.1", "unknown_alternative"),
        ("a.9", "unknown_option"),
    ):
        with pytest.raises(ScoreError) as refusal:
            one(law, tourism, charter, {**best, "8": wrong})
        assert [(f.path, f.code) for f in refusal.value.faults] == [('score_sheets[0].choices["8"]', code)]


@pytest.mark.parametrize(
    "refused",
    [
        (("9.9", 1), "unknown_criterion"),
        (("1.1", 4), "unknown_option"),
        (("1.1", -1), "unknown_option"),
        (("1.2", 0), "zero_not_allowed"),
        (("1.1", "2"), "not_a_number"),
        (("1.1", "a.1"), "not_a_number"),
        (("1.1", True), "not_a_number"),
        (("1.1", False), "not_a_number"),
        (("1.1", None), "not_a_number"),
        (("1.1", 2.0), "not_a_number"),
    ],
)
def test_a_choice_the_sheet_does_not_have_is_refused(vegetables, law, charter, best, refused):
    (criterion, choice), code = refused
    with pytest.raises(ScoreError) as refusal:
        one(law, vegetables, charter, {**best, criterion: choice})
    path = f'score_sheets[0].choices["{criterion}"]'
    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [(path, code)]
    assert all(fault.message_vi and fault.message_en for fault in refusal.value.faults)


def test_all_faults_of_all_members_come_at_once(law, vegetables, charter, best):
    short = {code: choice for code, choice in best.items() if code != "2.1"}
    members = [ScoreSheet("m1", {**best, "1.1": 9}), ScoreSheet("m1", short), ScoreSheet("", best)]
    with pytest.raises(ScoreError) as refusal:
        score(law, vegetables, charter.with_floor_test(FloorTest.MEAN), members)
    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [
        ('score_sheets[0].choices["1.1"]', "unknown_option"),
        ("score_sheets[1].member", "not_unique"),
        ('score_sheets[1].choices["2.1"]', "missing"),
        ("score_sheets[2].member", "not_unique"),
    ]


def test_no_score_sheet_and_a_foreign_sheet_are_refused(law, sheets, charter):
    with pytest.raises(ScoreError) as refusal:
        score(law, sheets["QD1048-01"], charter, [])
    assert {fault.code for fault in refusal.value.faults} == {"not_of_ruleset", "parts_differ", "missing"}


def test_a_sheet_of_which_only_the_parts_are_known_takes_part_totals(rulesets, sheets, charter):
    tea, law_148 = sheets["QD148-11"], rulesets["qd148-2023"]
    members = [
        ScoreSheet("m1", part_totals={"A": 36, "B": 22, "C": 31}),
        ScoreSheet("m2", part_totals={"A": 37, "B": 22, "C": 32}),
    ]
    result = score(law_148, tea, charter, members)
    assert (result.mean, result.star, result.criteria) == (90, 5, {})
    assert result.parts == {"A": Fraction(73, 2), "B": 22, "C": Fraction(63, 2)}
    assert [step.rule for step in result.steps] == ["part_totals", "band", "star_floors", "star"]
    with pytest.raises(ScoreError) as refusal:
        score(law_148, tea, charter, [ScoreSheet("m1", {"1.a": 1}, {"A": 41, "B": 22, "D": 1})])
    assert {(fault.path, fault.code) for fault in refusal.value.faults} == {
        ('score_sheets[0].part_totals["A"]', "out_of_range"),
        ('score_sheets[0].part_totals["C"]', "missing"),
        ('score_sheets[0].part_totals["D"]', "unknown_part"),
        ("score_sheets[0].choices", "not_allowed"),
    }


def test_part_totals_are_refused_where_criteria_are_known(law, vegetables, charter, best):
    with pytest.raises(ScoreError) as refusal:
        score(
            law,
            vegetables,
            charter.with_floor_test(FloorTest.MEAN),
            [ScoreSheet("m1", best, {"A": 40, "B": 25, "C": 35})],
        )
    assert [fault.path for fault in refusal.value.faults] == ["score_sheets[0].part_totals"]


def test_a_mean_between_two_bands_of_1048_takes_the_lower_and_says_so(rulesets, sheets, charter):
    rice, law_1048 = sheets["QD1048-03"], rulesets["qd1048-2019"]

    def council(*totals):
        return score(
            law_1048,
            rice,
            charter,
            [ScoreSheet(f"m{i}", part_totals={"A": 30, "B": 25, "C": total - 55}) for i, total in enumerate(totals)],
        )

    between = council(89, 90)
    assert (between.mean, between.band, between.star) == (Fraction(179, 2), 4, 4)
    step = next(step for step in between.steps if step.rule == "between_bands")
    assert "cách hiểu của hệ thống" in step.source
    for total, star in ((89, 4), (90, 5), (69, 3), (70, 4)):
        exact = council(total)
        assert exact.star == star
        assert "between_bands" not in [step.rule for step in exact.steps]


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(275, 3), 2, "91.67"),
        (Fraction(1, 200), 2, "0.01"),
        (Fraction(1, 201), 2, "0.00"),
        (Fraction(90), 2, "90.00"),
        (Fraction(8999999, 100000), 2, "90.00"),
        (Fraction(5, 2), 0, "3"),
    ],
)
def test_decimals_are_shown_half_up(value, places, text):
    assert decimal_text(value, places) == text
