"""Golden dossiers of each decree: points written beside every choice, expectations that a person can add up."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from evaluation.domain.charters import FloorTest
from evaluation.domain.choices import ScoreSheet
from evaluation.domain.result_records import record_of
from evaluation.domain.scoring import score

FILES = sorted((Path(__file__).parents[1] / "golden").glob("*.json"))
GOLDEN = [
    pytest.param(dossier, id=f"{path.stem}: {dossier['name']}")
    for path in FILES
    for dossier in json.loads(path.read_text(encoding="utf-8"))["dossiers"]
]


def test_every_decree_has_its_golden_dossiers(rulesets):
    assert {path.stem for path in FILES} == set(rulesets)
    assert len(GOLDEN) >= 3 * len(FILES)


@pytest.mark.parametrize("dossier", GOLDEN)
def test_the_points_beside_the_choices_are_the_printed_ones_and_add_up(dossier: dict[str, Any], shipped):
    document = shipped.documents[dossier["sheet"]]
    for member, total in zip(dossier["members"], dossier["expected"]["totals"], strict=True):
        assert list(member) == [criterion["code"] for criterion in shipped.criteria(document)]
        for criterion in shipped.criteria(document):
            answer = member[criterion["code"]]
            assert shipped.answers(criterion)[answer["choice"]] == answer["points"], criterion["code"]
        assert sum(answer["points"] for answer in member.values()) == total


@pytest.mark.parametrize("dossier", GOLDEN)
def test_a_golden_dossier_comes_to_what_a_person_found(dossier: dict[str, Any], rulesets, sheets, charter):
    expected, ruleset = dossier["expected"], rulesets[dossier["ruleset"]]
    cards = [{code: answer["choice"] for code, answer in member.items()} for member in dossier["members"]]
    result = score(
        ruleset,
        sheets[dossier["sheet"]],
        charter.with_floor_test(FloorTest(dossier["floor_test"])),
        [ScoreSheet(f"TV{seat}", card) for seat, card in enumerate(cards, 1)],
    )
    record = record_of(ruleset, dossier["level"], result)
    assert list(result.totals.values()) == expected["totals"]
    assert result.mean == Fraction(expected["mean"])
    for name in ("band", "star", "recognised", "forwards_to"):
        assert getattr(record, name) == expected[name], name
    missed = [[m["criterion"], m["star"], m["needs"], m["has"]] for m in record.floors_missed]
    assert missed == expected["floors_missed"]
    assert all(step["source"] for step in record.steps)
