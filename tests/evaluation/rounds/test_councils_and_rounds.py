"""Setting up councils, planning rounds, saving drafts: who may, and what is refused."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person


def people(count: int) -> list[Any]:
    return [person(Role.COUNCIL_MEMBER, "511", Level.DISTRICT) for _ in range(count)]


async def test_the_chair_has_seat_one_and_the_charter_is_frozen_with_the_council(shared_stage: Any) -> None:
    secretary = shared_stage.office(Role.DISTRICT_SECRETARY, "511", "district")
    members = people(4)
    body = shared_stage.council_body("district", "511", members) | {"chair_id": str(members[2].person_id)}
    council = await shared_stage.ok("POST", "/councils", secretary, body)
    assert council["members"][0]["person_id"] == str(members[2].person_id)
    assert [member["seat"] for member in council["members"]] == [1, 2, 3, 4]
    row = await shared_stage.one("SELECT hash, first_used_at FROM charters WHERE id = 'default'")
    assert council["charter_hash"] == row.hash
    assert row.first_used_at is not None
    assert await shared_stage.ok("GET", f"/councils/{council['id']}", members[0]) == council
    outsider = shared_stage.office(Role.DISTRICT_SECRETARY, "512", "district")
    await shared_stage.refused(404, "GET", f"/councils/{council['id']}", outsider)
    listed = await shared_stage.ok("GET", "/councils?year=2023", members[1])
    assert [entry["id"] for entry in listed["items"]] == [council["id"]]
    await shared_stage.refused(409, "POST", "/councils", secretary, body)
    assert (str(secretary.person_id), "council.established") in await shared_stage.world.audited(council["id"])


async def test_a_council_is_refused_with_every_fault_of_its_composition(shared_stage: Any) -> None:
    secretary = shared_stage.office(Role.DISTRICT_SECRETARY, "511", "district")
    members = people(2)
    body = shared_stage.council_body("district", "511", [members[0], members[0]]) | {"chair_id": str(new_id())}
    problem = await shared_stage.refused(422, "POST", "/councils", secretary, body)
    assert {(fault["field"], fault["code"]) for fault in problem["errors"]} == {
        ("members", "council_size"),
        ("members[1].person_id", "not_unique"),
        ("chair_id", "not_a_member"),
    }
    body = shared_stage.council_body("district", "511", people(3), charter="không có")
    problem = await shared_stage.refused(422, "POST", "/councils", secretary, body)
    assert problem["errors"][0]["field"] == "charter"


async def test_a_level_that_the_law_of_the_year_does_not_let_score_has_no_council(shared_stage: Any) -> None:
    secretary = shared_stage.office(Role.DISTRICT_SECRETARY, "511", "district")
    body = shared_stage.council_body("district", "511", people(3), 2026)
    problem = await shared_stage.refused(422, "POST", "/councils", secretary, body)
    assert problem["errors"][0]["code"] == "does_not_score"
    body = shared_stage.council_body("commune", "20662", people(3))
    await shared_stage.refused(403, "POST", "/councils", secretary, body)


@pytest.mark.parametrize(
    ("role", "unit", "level", "status"),
    [
        (Role.DISTRICT_SECRETARY, "512", "district", 403),
        (Role.PROVINCE_SECRETARY, "49", "province", 403),
        (Role.DISTRICT_CHAIR, "511", "district", 403),
        (Role.COUNCIL_MEMBER, "511", "district", 403),
        (Role.PRODUCER, "20662", "commune", 403),
        (Role.DISTRICT_SECRETARY, "511", "district", 201),
    ],
)
async def test_only_the_units_own_secretary_sets_up_its_council(
    shared_stage: Any, role: Role, unit: str, level: str, status: int
) -> None:
    actor = shared_stage.office(role, unit, level)
    body = shared_stage.council_body("district", "511", people(3))
    answer = await shared_stage.world.call("POST", "/councils", actor, body)
    assert answer.status_code == status, answer.text


async def test_the_database_itself_keeps_one_seat_a_person_and_one_chair_who_is_a_member(shared_stage: Any) -> None:
    council = await shared_stage.council()
    twice = "INSERT INTO council_members (council_id, person_id, seat, name, body) VALUES (:c, :p, 9, 'x', 'y')"
    with pytest.raises(IntegrityError, match="council_members_pkey"):
        async with shared_stage.world.database.session() as session:
            await session.execute(text(twice), {"c": council.id, "p": council.members[1].person_id})
    with pytest.raises(IntegrityError, match="councils_chair_is_member_fkey"):
        async with shared_stage.world.database.session() as session:
            await session.execute(
                text("UPDATE councils SET chair_id = :p WHERE id = :c"), {"c": council.id, "p": new_id()}
            )


async def test_a_round_takes_only_dossiers_that_wait_for_this_council(shared_stage: Any) -> None:
    council = await shared_stage.council()
    ready = await shared_stage.dossier()
    elsewhere = await shared_stage.dossier(district_code="512")
    above = await shared_stage.dossier(level="province", state="forwarded")
    returned = await shared_stage.dossier(state="returned")
    body = {"council_id": council.id, "due_on": "2030-01-01", "dossier_ids": [str(ready), str(above), str(returned)]}
    problem = await shared_stage.refused(409, "POST", "/rounds", council.secretary, body)
    assert {entry["dossier_id"] for entry in problem["dossiers"]} == {str(above), str(returned)}
    assert await shared_stage.state(ready) == ("reported", "district")
    for unknown in (elsewhere, new_id()):
        body["dossier_ids"] = [str(ready), str(unknown)]
        await shared_stage.refused(404, "POST", "/rounds", council.secretary, body)
    body |= {"dossier_ids": [str(ready)], "due_on": "2023-04-19"}
    problem = await shared_stage.refused(422, "POST", "/rounds", council.secretary, body)
    assert problem["errors"][0]["field"] == "due_on"
    foreign = shared_stage.office(Role.DISTRICT_SECRETARY, "512", "district")
    body["due_on"] = "2023-04-20"
    await shared_stage.refused(404, "POST", "/rounds", foreign, body)
    made = await shared_stage.ok("POST", "/rounds", council.secretary, body)
    assert await shared_stage.state(ready) == ("in_round", "district")
    assert (made["state"], made["unit_name"]) == ("planned", "Huyện Thử")


async def test_opening_tells_the_members_once(shared_stage: Any) -> None:
    council, dossiers = await shared_stage.council(), [await shared_stage.dossier() for _ in range(2)]
    round_id = await shared_stage.round(council, *dossiers, due_on="2023-07-31", opened=False)
    assert (await shared_stage.world.call("GET", f"/dossiers/{dossiers[0]}/results", council.chair)).status_code == 404
    for actor in (council.chair, shared_stage.office(Role.PROVINCE_SECRETARY, "49", "province")):
        await shared_stage.refused(403, "POST", f"/rounds/{round_id}/opening", actor)
    await shared_stage.ok("POST", f"/rounds/{round_id}/opening", council.secretary)
    await shared_stage.refused(409, "POST", f"/rounds/{round_id}/opening", council.secretary)
    events = [e for e in await shared_stage.world.events("evaluation.scoring_opened") if e["round_id"] == round_id]
    (event,) = events
    assert (event["dossiers"], event["due_on"], event["unit_code"]) == (2, "2023-07-31", "511")
    assert set(event["member_ids"]) == {str(member.person_id) for member in council.members}
    assert (await shared_stage.world.call("GET", f"/dossiers/{dossiers[0]}/results", council.chair)).status_code == 200
    listed = await shared_stage.ok("GET", "/rounds?state=open&unit_code=511", council.members[1])
    assert [(entry["id"], entry["size"]) for entry in listed["items"]] == [(round_id, 2)]


async def test_a_half_filled_draft_is_kept_but_not_an_option_the_sheet_does_not_have(shared_stage: Any) -> None:
    council, dossier = await shared_stage.council(), await shared_stage.dossier()
    round_id = await shared_stage.round(council, dossier)
    path = f"/rounds/{round_id}/dossiers/{dossier}/score-sheet"
    whole = shared_stage.body(round_id, dossier, 60)["choices"]
    code = next(iter(whole))
    blank = await shared_stage.world.call("GET", path, council.chair)
    assert (blank.json()["state"], blank.headers["ETag"]) == ("to_score", '"v0"')
    problem = await shared_stage.refused(422, "PUT", path, council.chair, {"choices": {code: 99, "z": 1}})
    assert {fault["field"] for fault in problem["errors"]} == {f'choices["{code}"]', 'choices["z"]'}
    saved = await shared_stage.ok("PUT", path, council.chair, {"choices": {code: whole[code]}, "remarks": "dở"})
    assert (saved["state"], saved["version"], saved["choices"]) == ("draft", 1, {code: whole[code]})
    await shared_stage.refused(428, "PUT", path, council.chair, {"choices": {}})
    answers = await asyncio.gather(
        *(shared_stage.world.call("PUT", path, council.chair, {"choices": whole}, version=1) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    mine = (await shared_stage.ok("GET", f"/rounds/{round_id}", council.chair))["dossiers"][0]["mine"]
    assert mine == "draft"
    await shared_stage.refused(403, "PUT", path, council.secretary, {"choices": {}})
    outsider = (await shared_stage.council()).chair
    await shared_stage.refused(404, "PUT", path, outsider, {"choices": {}})
    await shared_stage.submit(council.chair, shared_stage.body(round_id, dossier, 60))
    row = await shared_stage.one("SELECT count(*) AS drafts FROM score_drafts WHERE round_id = :id", id=round_id)
    assert row.drafts == 0
