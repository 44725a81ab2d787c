"""Charters of councils, and product codes."""

import copy
from fractions import Fraction

import pytest

from evaluation.data import read_documents
from evaluation.domain.catalogue import shipped_charters
from evaluation.domain.charters import ConflictRule, FloorTest, parse_charter
from evaluation.domain.faults import DocumentError
from evaluation.domain.product_codes import code_segments


@pytest.fixture
def document():
    return copy.deepcopy(dict(read_documents("charters"))["default.json"])


def test_the_default_charter_tests_floors_by_agreement_and_rounds_nothing(charter):
    assert (charter.floor_test, charter.conflict_rule) == (FloorTest.AGREED, ConflictRule.EXCLUDED)
    assert (charter.quorum, charter.divergence_limit, charter.decimals_shown) == (Fraction(2, 3), 10, 2)
    assert charter.with_floor_test(FloorTest.EVERY).floor_test is FloorTest.EVERY
    assert charter.with_floor_test(FloorTest.EVERY).content_hash == charter.content_hash


def test_quorum_is_a_share_of_the_members_and_needs_the_chair(charter):
    assert charter.quorum_met(9, 6, chair_present=True)
    assert not charter.quorum_met(9, 5, chair_present=True)
    assert not charter.quorum_met(9, 9, chair_present=False)
    tay_ninh = next(charter for charter in shipped_charters() if charter.id == "tay-ninh")
    assert tay_ninh.quorum_met(8, 6, chair_present=True)
    assert not tay_ninh.quorum_met(9, 6, chair_present=True)


def test_divergence_is_passed_only_above_the_limit(charter):
    assert not charter.diverges([70, 80, 75])
    assert charter.diverges([70, 81])
    assert not charter.diverges([])


def test_where_a_charter_sets_a_share_votes_must_reach_it(document, charter):
    assert charter.decides(None, None)
    strict = parse_charter({**document, "decision_share": {"numerator": 2, "denominator": 3}})
    assert strict.decides(6, 3)
    assert not strict.decides(5, 3)
    assert not strict.decides(0, 0)
    assert not strict.decides(None, None)


def test_a_charter_may_set_no_divergence_limit(document):
    assert not parse_charter({**document, "divergence_limit": None}).diverges([0, 100])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            {"quorum": {"numerator": 4, "denominator": 3, "chair_required": True}},
            ("quorum.numerator", "order"),
        ),
        ({"quorum": {"numerator": 2, "denominator": 3}}, ("quorum.chair_required", "type")),
        ({"council": {"min_members": 9, "max_members": 5}}, ("council.max_members", "order")),
        ({"floor_test": "loudest"}, ("floor_test", "not_allowed")),
        ({"conflict_rule": "ignore"}, ("conflict_rule", "not_allowed")),
        ({"rounding": 1}, ("rounding", "not_supported")),
        ({"decimals_shown": 9}, ("decimals_shown", "not_allowed")),
        ({"divergence_limit": -1}, ("divergence_limit", "type")),
        ({"decision_share": {"numerator": 3, "denominator": 2}}, ("decision_share.numerator", "order")),
        ({"experts_vote": "yes"}, ("experts_vote", "type")),
        (
            {"far_from_mean": {"measure": "miles", "numerator": 1, "denominator": 1}},
            ("far_from_mean.measure", "not_allowed"),
        ),
        ({"sources": {"quorum": 3}}, ("sources.quorum", "type")),
        ({"schema": "x"}, ("schema", "not_allowed")),
    ],
)
def test_a_faulty_charter_is_refused_with_the_path(document, change, fault):
    with pytest.raises(DocumentError) as refusal:
        parse_charter({**document, **change})
    assert [(found.path, found.code) for found in refusal.value.faults] == [fault]


def test_the_segments_of_a_product_code_are_named_in_order(rulesets):
    assert code_segments(rulesets["qd26-2026"].product_code_pattern) == ("province", "commune", "seq", "year")
    assert "district" in code_segments(rulesets["qd148-2023"].product_code_pattern)
