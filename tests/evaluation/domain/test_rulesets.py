"""Rulesets: import, amendment, selection by filing date, forwarding, recognition."""

import copy
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from evaluation.domain.clocks import Clock, ClockSide, ClockUnit, MonthDay, RoundRule
from evaluation.domain.faults import DocumentError, UnknownRulesetError
from evaluation.domain.ruleset_documents import parse_ruleset, parse_rulesets
from evaluation.domain.rulesets import (
    BetweenBands,
    FloorEffect,
    Level,
    find_band,
    finish_by,
    forwarding,
    recognised_by,
    select_ruleset,
)


@pytest.fixture
def document(ruleset_documents):
    return copy.deepcopy(ruleset_documents["qd26-2026"])


def faults_of(document):
    with pytest.raises(DocumentError) as refusal:
        parse_rulesets(document)
    assert all(fault.message_vi and fault.message_en for fault in refusal.value.faults)
    return [(fault.path, fault.code) for fault in refusal.value.faults]


def test_the_law_in_force_is_read_whole(rulesets):
    law = rulesets["qd26-2026"]
    assert (law.total, dict(law.parts)) == (100, {"A": 40, "B": 25, "C": 35})
    assert law.floor_effect is FloorEffect.CAP
    assert law.levels == (Level("commune", False), Level("province", True), Level("central", True))
    assert law.clock("commune_review") == Clock(
        "commune_review", 15, ClockUnit.WORKING_DAY, ClockSide.FROM, "dossier received by commune", "Art. 7.2"
    )
    assert RoundRule("province", MonthDay(4, 30), MonthDay(6, 30)) in law.rounds
    assert (law.certificate_months, law.samples.due(1), law.samples.due(26)) == (36, 5, 0)
    assert [cause.code for cause in law.revocation.causes] == ["a", "b", "c", "d", "đ", "e"]
    assert law.revocation.revoked_by == {3: "province_chair", 4: "province_chair", 5: "minister"}
    assert (len(law.commune_report_items), len(law.sheet_codes), law.clock("none")) == (4, 26, None)


def test_1489_moves_three_stars_up_to_the_province_and_ends_the_district(rulesets):
    before, after = rulesets["qd148-2023"], rulesets["qd148-2023+qd1489-2025"]
    assert (before.effective_to, after.effective_from) == (date(2025, 7, 5), date(2025, 7, 6))
    assert after.effective_to == date(2026, 7, 21)
    assert [level.code for level in before.levels] == ["commune", "district", "province", "central"]
    assert [level.code for level in after.levels if level.scores] == ["province", "central"]
    assert recognised_by(before, 3) == "district_chair"
    assert recognised_by(after, 3) == "province_chair"
    assert (recognised_by(after, 4), recognised_by(after, 5)) == ("province_chair", "minister")
    assert (after.base_id, len(after.commune_report_items)) == ("qd148-2023", 4)
    assert before.sheet_codes == after.sheet_codes
    assert before.content_hash != after.content_hash
    assert "1489/QĐ-TTg" in after.decision


def test_the_unamended_text_alone_is_the_first_of_the_chain(ruleset_documents):
    document = ruleset_documents["qd148-2023"]
    assert parse_ruleset(document) == parse_rulesets(document)[0]


@pytest.mark.parametrize(
    ("filed_on", "expected"),
    [
        (date(2019, 8, 21), "qd1048-2019"),
        (date(2023, 2, 23), "qd1048-2019"),
        (date(2023, 2, 24), "qd148-2023"),
        (date(2025, 7, 5), "qd148-2023"),
        (date(2025, 7, 6), "qd148-2023+qd1489-2025"),
        (date(2026, 5, 21), "qd148-2023+qd1489-2025"),
        (date(2026, 5, 22), "qd26-2026"),
        (date(2026, 7, 21), "qd26-2026"),
        (date(2026, 7, 22), "qd26-2026"),
        (date(2040, 1, 1), "qd26-2026"),
    ],
)
@pytest.mark.parametrize("kind", ["first", "upgrade", "renewal"])
def test_the_filing_date_decides_the_ruleset(rulesets, filed_on, expected, kind):
    assert select_ruleset(reversed(rulesets.values()), filed_on, kind).id == expected


def test_no_ruleset_before_2019_nor_for_a_kind_the_law_does_not_know(rulesets):
    with pytest.raises(UnknownRulesetError):
        select_ruleset(rulesets.values(), date(2019, 8, 20), "first")
    with pytest.raises(UnknownRulesetError):
        select_ruleset(rulesets.values(), date(2026, 6, 1), "gift")
    with pytest.raises(UnknownRulesetError):
        select_ruleset([rulesets["qd1048-2019"]], date(2023, 2, 24), "first")


def test_a_transition_keeps_some_kinds_on_the_older_rules(document, rulesets):
    document["transition"][0]["filed_before"] = "2026-06-01"
    later = parse_ruleset(document)
    known = [rulesets["qd148-2023+qd1489-2025"], later]
    assert select_ruleset(known, date(2026, 5, 31), "first").id == "qd148-2023+qd1489-2025"
    assert select_ruleset(known, date(2026, 5, 31), "renewal").id == "qd26-2026"
    assert select_ruleset(known, date(2026, 6, 1), "first").id == "qd26-2026"
    with pytest.raises(UnknownRulesetError):
        select_ruleset([later], date(2026, 5, 31), "first")


def test_old_dossiers_have_a_last_day_by_kind(rulesets):
    old, everything = rulesets["qd148-2023+qd1489-2025"], rulesets.values()
    assert finish_by(everything, old, date(2026, 5, 21), "first") == date(2026, 7, 21)
    assert finish_by(everything, old, date(2026, 5, 21), "upgrade") == date(2026, 7, 21)
    assert finish_by(everything, old, date(2026, 5, 21), "renewal") == date(2026, 6, 21)
    assert finish_by(everything, rulesets["qd148-2023"], date(2025, 7, 5), "first") == date(2026, 7, 21)
    assert finish_by(everything, rulesets["qd26-2026"], date(2026, 5, 22), "first") is None
    assert finish_by(everything, rulesets["qd1048-2019"], date(2022, 5, 22), "first") is None


@pytest.mark.parametrize(
    ("ruleset", "level", "mean", "next_level"),
    [
        ("qd26-2026", "commune", None, "province"),
        ("qd26-2026", "province", Fraction(90), "central"),
        ("qd26-2026", "province", Fraction(8999, 100), None),
        ("qd26-2026", "province", None, None),
        ("qd26-2026", "central", Fraction(100), None),
        ("qd148-2023", "district", Fraction(70), "province"),
        ("qd148-2023", "district", Fraction(209, 3), None),
        ("qd148-2023", "commune", None, "district"),
        ("qd148-2023+qd1489-2025", "commune", None, "province"),
        ("qd148-2023+qd1489-2025", "district", Fraction(100), None),
        ("qd1048-2019", "district", Fraction(50), "province"),
    ],
)
def test_the_exact_mean_decides_what_goes_up(rulesets, ruleset, level, mean, next_level):
    assert forwarding(rulesets[ruleset], level, mean) == next_level


def test_stars_one_and_two_are_recognised_by_nobody(rulesets):
    for ruleset in rulesets.values():
        assert [recognised_by(ruleset, star) for star in (1, 2, 6)] == [None, None, None]
        assert [band.star for band in ruleset.bands if band.certificate] == [5, 4, 3]


def test_the_gap_of_1048_goes_to_the_lower_band_or_the_upper_as_data_says(ruleset_documents):
    document = copy.deepcopy(ruleset_documents["qd1048-2019"])
    lower = parse_ruleset(document)
    assert lower.between_bands is BetweenBands.LOWER
    between = {Fraction(179, 2): 4, Fraction(9, 10) + 69: 3, Fraction(99, 2): 2, Fraction(59, 2): 1}
    for mean, star in between.items():
        band, was_between = find_band(lower, mean)
        assert (band.star, was_between) == (star, True)
    upper = parse_ruleset({**document, "between_bands": "upper"})
    for mean, star in between.items():
        assert find_band(upper, mean)[0].star == star + 1
    for mean, star in {Fraction(89): 4, Fraction(90): 5, Fraction(0): 1, Fraction(100): 5}.items():
        assert find_band(lower, mean) == find_band(upper, mean)
        assert (find_band(lower, mean)[0].star, find_band(lower, mean)[1]) == (star, False)
    del document["between_bands"]
    assert faults_of(document) == [("bands", "gap")] * 4


def test_bounds_belong_to_a_band_only_where_they_are_inclusive(rulesets):
    four = next(band for band in rulesets["qd26-2026"].bands if band.star == 4)
    assert [four.holds(Fraction(mean)) for mean in (70, 90)] == [True, False]
    turned = replace(four, low_inclusive=False, high_inclusive=True)
    assert [turned.holds(Fraction(mean)) for mean in (70, 90)] == [False, True]


def change_band(index, **change):
    return lambda document: document["bands"][index].update(change)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (change_band(1, max=91), ("bands", "overlap")),
        (change_band(1, max_inclusive=True), ("bands", "overlap")),
        (change_band(1, max=89), ("bands", "gap")),
        (change_band(0, min_inclusive=False), ("bands", "gap")),
        (change_band(0, max=99), ("bands", "gap")),
        (change_band(4, min=1), ("bands", "gap")),
        (change_band(1, star=5), ("bands", "not_unique")),
        (change_band(1, min=95), ("bands[1].min", "order")),
        (change_band(1, recognised_by=None), ("bands[1].recognised_by", "missing")),
        (change_band(1, mim=70), ("bands[1].mim", "unknown_field")),
        (change_band(1, min=69.5), ("bands[1].min", "type")),
        (lambda d: d.update(bands=[]), ("bands", "missing")),
        (lambda d: d.update(parts={}), ("parts", "missing")),
        (lambda d: d.update(parts={"A": 40, "B": 25, "C": 36}), ("bands", "gap")),
        (lambda d: d.update(id=""), ("id", "type")),
        (lambda d: d.update(effective_from="22/05/2026"), ("effective_from", "type")),
        (lambda d: d.update(effective_to="2026-05-21"), ("effective_to", "order")),
        (lambda d: d.update(levels=["commune_report"]), ("levels", "missing")),
        (lambda d: d.update(levels=["province", "province", "commune"]), ("levels", "not_unique")),
        (lambda d: d["forward"][1].update(when="mean > 90"), ("forward[1].when", "not_allowed")),
        (lambda d: d["forward"][1].update(to="moon"), ("forward[1].to", "unknown_level")),
        (lambda d: d["forward"][1].update(to="commune"), ("forward[1].to", "order")),
        (lambda d: d["clocks"][0].update(unit="hour"), ("clocks[0].unit", "not_allowed")),
        (lambda d: d["clocks"][0].update(length=0), ("clocks[0].length", "type")),
        (lambda d: d["clocks"][0].update(before="expiry"), ("clocks[0]", "not_allowed")),
        (lambda d: d["clocks"][1].update(id="commune_review"), ("clocks", "not_unique")),
        (
            lambda d: d["rounds"]["province"][0].update(held_before="06-31"),
            ("rounds.province[0].held_before", "type"),
        ),
        (lambda d: d["rounds"].update(district=[]), ("rounds.district", "unknown_level")),
        (lambda d: d["aggregate"].update(rounding="0.1"), ("aggregate.rounding", "not_supported")),
        (lambda d: d["aggregate"].update(method="median"), ("aggregate.method", "not_allowed")),
        (lambda d: d["star_floors"].update(effect="warn"), ("star_floors.effect", "not_allowed")),
        (lambda d: d["product_code"].update(pattern="OCOP"), ("product_code.pattern", "not_allowed")),
        (lambda d: d["certificate"].update(months=0), ("certificate.months", "type")),
        (lambda d: d["samples"].update(except_set_no=["26"]), ("samples.except_set_no", "type")),
        (lambda d: d["revocation"]["causes"].append({"code": "g"}), ("revocation.causes[6].text_vi", "type")),
        (lambda d: d["revocation"]["by"].update({"3": 7}), ("revocation.by.3", "type")),
        (lambda d: d["transition"][0].update(finish_by=None), ("transition[0].finish_by", "type")),
        (lambda d: d.update(amended_by=[{"id": "x", "decision": "x"}]), ("amended_by[0].from", "type")),
        (
            lambda d: d.update(amended_by=[{"id": "x", "decision": "x", "from": "2026-05-22", "change": {}}]),
            ("amended_by[0].from", "order"),
        ),
        (
            lambda d: d.update(
                amended_by=[{"id": "x", "decision": "x", "from": "2027-01-01", "change": {"levles": []}}]
            ),
            ("amended_by[0].change.levles", "unknown_field"),
        ),
    ],
)
def test_a_faulty_ruleset_is_refused_with_the_path(document, change, fault):
    change(document)
    assert fault in faults_of(document)


def test_all_faults_of_a_ruleset_come_at_once(document):
    document["id"] = None
    document["certificate"] = {}
    document["bands"][1]["max"] = 91
    assert {path for path, _ in faults_of(document)} == {"id", "certificate.months", "bands"}


def test_a_second_amendment_builds_on_the_first(ruleset_documents):
    document = copy.deepcopy(ruleset_documents["qd148-2023"])
    document["amended_by"].append(
        {
            "id": "next",
            "decision": "thử",
            "from": "2026-01-01",
            "change": {"certificate": {"months": 24}, "recognised_by": {"4": "minister"}},
        }
    )
    base, first, second = parse_rulesets(document)
    assert second.id == "qd148-2023+qd1489-2025+next"
    assert (base.effective_to, first.effective_to) == (date(2025, 7, 5), date(2025, 12, 31))
    assert (first.certificate_months, second.certificate_months) == (36, 24)
    assert (recognised_by(second, 3), recognised_by(second, 4)) == ("province_chair", "minister")
    assert second.levels == first.levels
