"""Taxonomies and kinds of producers by the day."""

from datetime import date, timedelta

import pytest

from registry.domain.producer_kinds import kind_lists, kinds_on
from registry.domain.product_groups import TAXONOMIES, present_group, taxonomy, taxonomy_on
from registry.domain.recognition import decided_by, recognition_rules, rule_on, series_for


def test_the_taxonomy_of_a_day_is_the_newest_that_had_begun() -> None:
    assert taxonomy_on(date(2010, 1, 1)).id == "qd1048-2019"
    assert taxonomy_on(date(2023, 2, 23)).id == "qd1048-2019"
    assert taxonomy_on(date(2023, 2, 24)).id == "qd148-2023"
    assert taxonomy_on(date(2026, 5, 22)).id == "qd26-2026"


@pytest.mark.parametrize("name", TAXONOMIES)
def test_paths_are_unique_and_every_group_leads_into_the_next_taxonomy_or_is_known_to_be_dropped(name: str) -> None:
    current = taxonomy(name)
    assert len({group.path for group in current.groups}) == 26
    if current.successor is not None:
        following = taxonomy(current.successor)
        dropped = [group.set_no for group in current.groups if group.becomes is None]
        assert dropped == ([21] if name == "qd1048-2019" else [])
        assert all(following.get(group.becomes) for group in current.groups if group.becomes)


def test_an_old_product_finds_its_place_in_the_law_of_today() -> None:
    taken_over = present_group("qd1048-2019", "I.3.e", date(2026, 6, 1))
    assert taken_over is not None
    assert (taken_over[0].id, taken_over[1].path, taken_over[1].set_no) == ("qd26-2026", "I.3.d", 8)
    assert present_group("qd1048-2019", "III.3", date(2023, 6, 1)) is None
    stays = present_group("qd26-2026", "I.1.a", date(2023, 6, 1))
    assert stays is not None
    assert stays[0].id == "qd26-2026"


def test_large_enterprises_are_in_no_list() -> None:
    assert all("large" not in kind.code for listed in kind_lists() for kind in listed.kinds)
    assert kinds_on(date(2026, 5, 22)).ruleset == "qd26-2026"


def test_the_rules_of_recognition_follow_one_another_without_a_gap() -> None:
    for rule in recognition_rules()[1:]:
        before = rule_on(rule.valid_from - timedelta(days=1))
        assert before is not None
        assert before.valid_from < rule.valid_from
    assert rule_on(date(2018, 1, 1)) is None
    assert series_for("qd148-2023") == series_for("unknown") == "{commune}"


def test_bodies_are_named_as_a_decision_names_them() -> None:
    rule = rule_on(date(2023, 6, 1))
    assert rule is not None
    assert decided_by(rule.recognised_by[3], "Huyện Thăng Bình") == "Ủy ban nhân dân huyện Thăng Bình"
