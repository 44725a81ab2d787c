"""Quorum, size, seats and titles: what a charter and the law ask, without a database."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import pytest

from evaluation.domain.catalogue import default_charter, shipped_rulesets, shipped_sheets
from evaluation.domain.charters import FloorTest
from evaluation.domain.councils import Seat, not_agreed, seat_order, shortfall, size_faults
from evaluation.domain.rulesets import FloorEffect
from evaluation.domain.units_of_levels import CENTRE, Unit, signed_by, unit_at
from shared.contracts.roles import Level
from shared.ids import new_id

SEATS = [Seat(new_id(), number) for number in range(1, 7)]
PEOPLE = [seat.person_id for seat in SEATS]


@pytest.mark.parametrize(
    ("recused", "scored", "met"),
    [
        ((), (0, 1, 2, 3), True),
        ((), (0, 1, 2), False),
        ((), (1, 2, 3, 4, 5), False),
        ((4, 5), (0, 1, 2), True),
        ((4, 5), (0, 1, 4, 5), False),
        ((0,), (1, 2, 3, 4), True),
        ((0,), (1, 2, 3), False),
        ((0, 1, 2, 3, 4, 5), (), False),
        ((0, 1, 2, 3, 4, 5), (0, 1, 2, 3, 4, 5), False),
    ],
)
def test_who_stands_aside_leaves_the_quorums_base_and_the_chair_must_score_unless_he_does(
    recused: tuple[int, ...], scored: tuple[int, ...], met: bool
) -> None:
    charter = default_charter()
    assert (charter.quorum, charter.chair_required) == (Fraction(2, 3), True)
    lack = shortfall(charter, SEATS, [PEOPLE[i] for i in recused], [PEOPLE[i] for i in scored])
    assert (lack is None) == met


def test_a_shortfall_says_how_many_are_needed() -> None:
    lack = shortfall(default_charter(), SEATS, [], PEOPLE[1:4])
    assert lack is not None
    assert (lack.sitting, lack.present, lack.needed, lack.chair_missing) == (6, 3, 4, True)


def test_the_chair_takes_seat_one_and_the_others_keep_their_order() -> None:
    assert seat_order(PEOPLE[2], PEOPLE) == [PEOPLE[2], PEOPLE[0], PEOPLE[1], *PEOPLE[3:]]
    assert (SEATS[0].is_chair, SEATS[1].is_chair, SEATS[2].label) == (True, False, "TV3")


def test_a_council_larger_than_its_charter_is_refused() -> None:
    charter = replace(default_charter(), max_members=5)
    assert [fault.code for fault in size_faults(charter, PEOPLE[0], PEOPLE)] == ["council_size"]
    assert size_faults(charter, PEOPLE[0], PEOPLE[:5]) == []


def test_options_are_agreed_only_where_the_charter_and_the_ruleset_test_floors_so() -> None:
    sheet = next(sheet for sheet in shipped_sheets() if sheet.code == "QD26-13")
    ruleset = next(ruleset for ruleset in shipped_rulesets() if sheet.code in ruleset.sheet_codes)
    charter = default_charter()
    floors = [criterion.code for criterion in sheet.floor_criteria]
    assert not_agreed(ruleset, sheet, charter, {}) == floors
    assert not_agreed(ruleset, sheet, charter, {floors[0]: 1}) == floors[1:]
    assert not_agreed(ruleset, sheet, charter.with_floor_test(FloorTest.MEAN), {}) == []
    assert not_agreed(replace(ruleset, floor_effect=FloorEffect.NONE), sheet, charter, {}) == []


@dataclass
class Somewhere:
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str


def test_a_dossier_has_a_unit_at_each_level_that_its_province_has() -> None:
    before = Somewhere("511", "Huyện Thăng Bình", "49", "Tỉnh Quảng Nam")
    after = Somewhere(None, None, "48", "Thành phố Đà Nẵng")
    assert unit_at(Level.DISTRICT, before) == Unit("511", "Huyện Thăng Bình")
    assert unit_at(Level.DISTRICT, after) is None
    assert unit_at(Level.PROVINCE, after) == Unit("48", "Thành phố Đà Nẵng")
    assert unit_at(Level.CENTRAL, after) == CENTRE


@pytest.mark.parametrize(
    ("body", "unit", "on", "title"),
    [
        ("district_chair", "Huyện Thăng Bình", date(2023, 7, 1), "Chủ tịch Ủy ban nhân dân huyện Thăng Bình"),
        ("province_chair", "Thành phố Đà Nẵng", date(2026, 7, 1), "Chủ tịch Ủy ban nhân dân thành phố Đà Nẵng"),
        ("district_chair", "Tam Kỳ", date(2023, 7, 1), "Chủ tịch Ủy ban nhân dân Tam Kỳ"),
        ("minister", "Trung ương", date(2025, 2, 28), "Bộ trưởng Bộ Nông nghiệp và Phát triển nông thôn"),
        ("minister", "Trung ương", date(2025, 3, 1), "Bộ trưởng Bộ Nông nghiệp và Môi trường"),
    ],
)
def test_who_signs_is_named_as_on_the_day_of_signature(body: str, unit: str, on: date, title: str) -> None:
    assert signed_by(body, Unit("x", unit), on) == title


def test_every_body_a_ruleset_names_has_a_role_a_level_and_a_title() -> None:
    from evaluation.domain.access import RECOGNISING_ROLES
    from evaluation.domain.units_of_levels import SIGNATURES

    named = {band.recognised_by for ruleset in shipped_rulesets() for band in ruleset.bands if band.recognised}
    assert named <= set(RECOGNISING_ROLES)
    assert named <= set(SIGNATURES)
