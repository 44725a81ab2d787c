"""What star would I get: of a dossier, and of choices nobody stored."""

import hashlib
from typing import Any

import pytest
from tests.evaluation.worlds import PDF, World, best_choices, officer_of, producer_of, sheet_of

from shared.testing.statements import counted_statements

PROVINCE_2026 = {"district_code": None, "district_name": None, "province_code": "48", "set_no": 13}


async def test_a_draft_learns_its_star_its_floors_and_the_cheapest_way_up(world: World) -> None:
    await world.move_clock("2026-08-20")
    product = world.product(**PROVINCE_2026)
    draft, actor, sheet = await world.filled(product), producer_of(product), sheet_of("QD26-13")
    path = f"/dossiers/{draft['id']}"
    floor = next(one for one in sheet.floor_criteria if 4 in one.min_points_by_star)
    worst = min(floor.options, key=lambda option: option.points).number
    best = best_choices(sheet)[floor.code]
    change = {"section": "choices", "field": floor.code, "seen": best, "value": worst}
    await world.call("POST", f"{path}/draft-changes", actor, {"changes": [change]})
    told = (await world.call("GET", f"{path}/star-forecast", actor)).json()
    assert told["band"] > told["star"]
    assert floor.code in {miss["criterion"] for miss in told["floors_missed"]}
    assert told["next_star"]["reachable"]
    assert [one["criterion"] for one in told["next_star"]["changes"]] == [floor.code]
    assert told["next_star"]["changes"][0]["from_choice"] == worst
    assert told["next_star"]["changes"][0]["option_vi"]
    assert told["round"] == {"level": "province", "propose_by": "2026-10-29", "hold_by": "2026-12-29"}
    assert told["missing"] == []
    assert [line["at_risk"] for line in told["knock_outs"] if line["at"] is None] == [False]


async def test_papers_that_run_out_before_the_round_are_named_with_what_they_leave_unproven(world: World) -> None:
    await world.move_clock("2026-08-20")
    product = world.product(**PROVINCE_2026)
    draft, actor = await world.drafted(product), producer_of(product)
    digest = hashlib.sha256(PDF).hexdigest()
    await world.call("PUT", f"/evidence-files/{digest}", actor, content=PDF)
    for name, until, criteria in (("A", "2026-12-28", ["1.1", "1.2"]), ("B", "2026-12-29", ["1.2"])):
        body = {"file_sha256": digest, "name": name, "criteria": criteria, "expires_on": until}
        assert (await world.call("POST", f"/dossiers/{draft['id']}/evidence", actor, body)).status_code == 201
    path = f"/dossiers/{draft['id']}/star-forecast"
    (paper,) = (await world.call("GET", path, actor)).json()["expiring_papers"]
    assert (paper["name"], paper["leaves"]) == ("A", ["1.1"])
    later = (await world.call("GET", f"{path}?by=2027-01-01", actor)).json()
    assert [one["name"] for one in later["expiring_papers"]] == ["A", "B"]
    assert later["papers_must_hold_to"] == "2027-01-01"


async def test_a_ruleset_without_rounds_names_no_day(world: World) -> None:
    product = world.product()
    draft = await world.drafted(product)
    told = (await world.call("GET", f"/dossiers/{draft['id']}/star-forecast", producer_of(product))).json()
    assert (told["round"], told["papers_must_hold_to"], told["expiring_papers"]) == (None, None, [])
    assert (told["star"], told["next_star"]["star"]) == (1, 2)
    assert len(told["unanswered"]) == len(sheet_of("QD148-01").criteria)


async def test_on_a_sheet_known_by_parts_only_the_band_is_told_and_no_way(world: World) -> None:
    product = world.product(set_no=13)
    draft, actor = await world.drafted(product), producer_of(product)
    path = f"/dossiers/{draft['id']}"
    await world.call("PUT", f"{path}/self-score", actor, {"part_totals": {"A": 30, "B": 20}}, version=1)
    told = (await world.call("GET", f"{path}/star-forecast", actor)).json()
    assert (told["total"], told["band"], told["unanswered"]) == (50, 3, ["C"])
    assert told["next_star"] == {"star": 4, "reachable": None, "changes": [], "total": None}


async def test_only_the_producer_asks(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    for path in ("star-forecast", "worksheet"):
        url = f"/dossiers/{filed['id']}/{path}"
        assert (await world.call("GET", url, producer_of(product))).status_code == 200
        assert (await world.call("GET", url, producer_of(world.product()))).status_code == 404
        assert (await world.call("GET", url, officer_of(product))).status_code == 403
        assert (await world.call("GET", url)).status_code == 401


async def test_choices_that_nobody_stored_are_forecast_for_anybody(world: World) -> None:
    body: dict[str, Any] = {"ruleset": "qd26-2026", "sheet": "QD26-13", "choices": {}, "star": 3}
    told = await world.call("POST", "/score-previews/next-star", None, body)
    assert told.status_code == 200, told.text
    way = told.json()["next_star"]
    assert way["reachable"]
    again = body | {"choices": {one["criterion"]: one["to_choice"] for one in way["changes"]}}
    reached = (await world.call("POST", "/score-previews/next-star", None, again)).json()
    assert (reached["star"], reached["total"]) == (3, way["total"])
    assert reached["next_star"]["changes"] == []
    with counted_statements() as seen:
        await world.call("POST", "/score-previews/next-star", None, body)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("changes", "status", "fields"),
    [
        ({"choices": {"9.9": 1, "1.1": 77}}, 422, {'choices["9.9"]', 'choices["1.1"]'}),
        ({"ruleset": "none", "sheet": "none"}, 422, {"ruleset", "sheet"}),
        ({"star": 9}, 422, {"star"}),
        ({"sheet": "QD148-13", "ruleset": "qd148-2023"}, 409, set()),
    ],
)
async def test_what_cannot_be_forecast_says_why(
    world: World, changes: dict[str, Any], status: int, fields: set[str]
) -> None:
    body: dict[str, Any] = {"ruleset": "qd26-2026", "sheet": "QD26-13", "choices": {}} | changes
    answer = await world.call("POST", "/score-previews/next-star", None, body)
    assert answer.status_code == status, answer.text
    assert {error["field"] for error in answer.json().get("errors", [])} == fields
