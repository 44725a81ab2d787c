"""POST /score-previews: the shape of design §9, every shipped sheet, every fault at once."""

import copy
from fractions import Fraction
from typing import Any

import pytest

from evaluation.domain.catalogue import shipped_rulesets, shipped_sheets
from evaluation.domain.sheets import Criterion, Sheet

PATH = "/score-previews"
COMPLETE = [sheet for sheet in shipped_sheets() if not sheet.recorded_only]
RECORDED = [sheet for sheet in shipped_sheets() if sheet.recorded_only]


def best(criterion: Criterion) -> int | str:
    """The choice with the most points."""
    if criterion.alternatives:
        case = criterion.alternatives[0]
        return f"{case.code}.{max(case.options, key=lambda option: option.points).number}"
    return max(criterion.options, key=lambda option: option.points).number


def everything(sheet: Sheet) -> dict[str, int | str]:
    return {criterion.code: best(criterion) for criterion in sheet.criteria}


def request_for(sheet: Sheet, **changes: Any) -> dict[str, Any]:
    ruleset = next(ruleset for ruleset in shipped_rulesets() if sheet.code in ruleset.sheet_codes)
    choices = everything(sheet)
    return {
        "ruleset": ruleset.id,
        "sheet": sheet.code,
        "floor_test": "agreed",
        "agreed": {criterion.code: choices[criterion.code] for criterion in sheet.floor_criteria},
        "score_sheets": [{"member": "m1", "choices": choices}],
    } | changes


@pytest.fixture
def coffee() -> dict[str, Any]:
    """All criteria of QD26-13 at their best."""
    return request_for(next(sheet for sheet in COMPLETE if sheet.code == "QD26-13"))


async def test_the_answer_has_exactly_the_shape_of_the_design(shared_world: Any, coffee: dict[str, Any]) -> None:
    second, third = copy.deepcopy(coffee["score_sheets"][0]), copy.deepcopy(coffee["score_sheets"][0])
    second["member"], third["member"] = "m2", "m3"
    second["choices"]["3.5"] = third["choices"]["3.5"] = 1
    coffee["score_sheets"] += [second, third]
    coffee["agreed"]["3.5"] = 1
    answer = await shared_world.call("POST", PATH, body=coffee)
    assert answer.status_code == 200, answer.text
    preview = answer.json()
    assert set(preview) == {"mean", "mean_decimal", "parts", "band", "star", "floors_missed", "steps"}
    assert Fraction(preview["mean"]).denominator == 3
    assert preview["mean_decimal"] == f"{float(Fraction(preview['mean'])):.2f}"
    assert sum(Fraction(points) for points in preview["parts"].values()) == Fraction(preview["mean"])
    assert preview["band"] == 5
    assert preview["star"] == 3
    assert {"criterion": "3.5", "star": 4, "needs": 2, "has": 1} in preview["floors_missed"]
    assert all(set(step) == {"rule", "source", "outcome"} for step in preview["steps"])
    assert [step["rule"] for step in preview["steps"]][-1] == "star"


async def test_every_complete_sheet_reaches_its_full_total(shared_world: Any) -> None:
    assert len(COMPLETE) == 70
    for sheet in COMPLETE:
        answer = await shared_world.call("POST", PATH, body=request_for(sheet))
        assert answer.status_code == 200, (sheet.code, answer.text)
        preview = answer.json()
        assert (preview["mean"], preview["star"], preview["floors_missed"]) == ("100", 5, []), sheet.code


async def test_a_sheet_that_is_recorded_only_says_why_and_what_is_possible(shared_world: Any) -> None:
    assert len(RECORDED) == 8
    for sheet in RECORDED:
        answer = await shared_world.call(
            "POST", PATH, body=request_for(sheet, score_sheets=[{"member": "m", "choices": {}}])
        )
        assert answer.status_code == 409, sheet.code
        problem = answer.json()
        assert problem["type"] == "/problems/sheet-recorded-only"
        assert sheet.code in problem["detail"]
        assert problem["allowed"] == ["record_part_totals"]


async def test_all_faults_come_at_once_with_their_paths(shared_world: Any, coffee: dict[str, Any]) -> None:
    choices = coffee["score_sheets"][0]["choices"]
    choices["1.1"] = 99
    choices["2.2"] = "ba"
    choices["nowhere"] = 1
    choices["3.5"] = True
    choices["4.1"] = [1]
    del choices["5.1"]
    del coffee["agreed"]["2.3"]
    answer = await shared_world.call("POST", PATH, body=coffee)
    assert answer.status_code == 422
    faults = {fault["field"]: fault["code"] for fault in answer.json()["errors"]}
    assert faults == {
        'score_sheets[0].choices["1.1"]': "unknown_option",
        'score_sheets[0].choices["2.2"]': "not_a_number",
        'score_sheets[0].choices["nowhere"]': "unknown_criterion",
        'score_sheets[0].choices["3.5"]': "not_a_number",
        'score_sheets[0].choices["4.1"]': "not_a_number",
        'score_sheets[0].choices["5.1"]': "missing",
        'agreed["2.3"]': "missing",
    }


async def test_unknown_rules_are_named(shared_world: Any, coffee: dict[str, Any]) -> None:
    answer = await shared_world.call("POST", PATH, body=coffee | {"ruleset": "qd1-1945", "sheet": "QD1-01"})
    assert {fault["field"] for fault in answer.json()["errors"]} == {"ruleset", "sheet"}
    answer = await shared_world.call("POST", PATH, body=coffee | {"ruleset": "qd148-2023"})
    assert [fault["field"] for fault in answer.json()["errors"]] == ["sheet"]
    answer = await shared_world.call("POST", PATH, body={"ruleset": 1, "nothing": 2})
    assert {fault["field"] for fault in answer.json()["errors"]} == {"ruleset", "sheet", "score_sheets", "nothing"}


async def test_reasons_are_in_the_callers_language(shared_world: Any, coffee: dict[str, Any]) -> None:
    vietnamese = (await shared_world.call("POST", PATH, body=coffee)).json()["steps"][-1]["outcome"]
    english = (await shared_world.call("POST", PATH, body=coffee, headers={"Accept-Language": "en"})).json()["steps"][
        -1
    ]
    assert vietnamese.startswith("Kết quả: 5 sao")
    assert english["outcome"].startswith("Result: 5 stars")


async def test_a_body_over_the_limit_is_refused(shared_world: Any, coffee: dict[str, Any]) -> None:
    coffee["score_sheets"][0]["choices"]["1.1"] = "x" * 1_100_000
    assert (await shared_world.call("POST", PATH, body=coffee)).status_code == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"score_sheets": [null]}', b"\xff\xfe"])
async def test_nonsense_is_refused_in_words(shared_world: Any, body: bytes) -> None:
    answer = await shared_world.client.post(
        "/api/evaluation/v1/score-previews", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
