"""Producers over HTTP: who may register what, who sees it, who may change it."""

from typing import Any

import pytest

from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import headers_for, person

HTX = {
    "name": "HTX Thanh trà Sông Tranh (thử nghiệm)",
    "kind": "cooperative",
    "commune_code": "20794",
    "address": "Thôn 2",
    "phone": "0905000001",
    "representative": "Trần Thị Thử",
}


async def test_registering_a_producer_makes_the_caller_act_for_it_with_the_same_token(world: Any) -> None:
    caller = await world.someone()
    made = await world.post("/producers", caller, HTX)
    assert made.status_code == 201, made.text
    body = made.json()
    assert made.headers["location"] == f"/api/registry/v1/producers/{body['id']}"
    assert (body["district_code"], body["province_code"]) == ("513", "49")
    assert (body["commune_name"], body["district_name"]) == ("Xã Bình Dương", "Huyện Thăng Bình")
    read = await world.get(f"/producers/{body['id']}", caller)
    assert read.status_code == 200
    assert read.headers["etag"] == '"v1"'
    told = await world.sql(
        "SELECT payload FROM outbox_events WHERE type = 'registry.person_appointed' AND payload ->> 'person_id' = $1",
        str(caller.person_id),
    )
    assert len(told) == 1
    again = await world.get(f"/producers/{body['id']}", caller, headers={"If-None-Match": '"v1"'})
    assert again.status_code == 304


async def test_repeating_the_request_registers_once(world: Any) -> None:
    caller = await world.someone()
    body = HTX | {"id": str(new_id())}
    headers = headers_for(caller, key=True)
    answers = [await world.client.post("/api/registry/v1/producers", json=body, headers=headers) for _ in range(3)]
    assert [a.status_code for a in answers] == [201, 201, 201]
    assert len({a.json()["id"] for a in answers}) == 1
    assert len(await world.sql("SELECT 1 FROM appointments WHERE person_id = $1", caller.person_id)) == 1


async def test_a_client_made_id_that_exists_is_a_conflict(world: Any) -> None:
    _, made = await world.producer()
    answer = await world.post("/producers", await world.someone(), HTX | {"id": made["id"]})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "large_enterprise"}, "kind"),
        ({"kind": "production_household"}, "registration_number"),
        ({"commune_code": "99999"}, "commune_code"),
        ({"commune_code": "513"}, "commune_code"),
        ({"founded_on": "2031-01-01"}, "founded_on"),
        ({"phone": "xin gọi"}, "phone"),
        ({"surprise": 1}, "surprise"),
        ({"name": " "}, "name"),
    ],
)
async def test_a_producer_that_may_not_take_part_is_refused_with_the_field(
    world: Any, change: dict[str, Any], field: str
) -> None:
    answer = await world.post("/producers", await world.someone(), HTX | change)
    assert answer.status_code == 422, answer.text
    assert field in {fault["field"] for fault in answer.json()["errors"]}


async def test_a_commune_that_begins_later_cannot_be_used_today(world: Any) -> None:
    answer = await world.post("/producers", await world.someone(), HTX | {"commune_code": "20194"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("role", "unit", "level", "sees", "personal"),
    [
        (Role.COMMUNE_OFFICER, "20794", Level.COMMUNE, 200, True),
        (Role.COMMUNE_OFFICER, "20797", Level.COMMUNE, 404, False),
        (Role.DISTRICT_SECRETARY, "513", Level.DISTRICT, 200, True),
        (Role.DISTRICT_SECRETARY, "502", Level.DISTRICT, 404, False),
        (Role.DISTRICT_CHAIR, "513", Level.DISTRICT, 200, False),
        (Role.PROVINCE_SECRETARY, "49", Level.PROVINCE, 200, True),
        (Role.PROVINCE_SECRETARY, "01", Level.PROVINCE, 404, False),
        (Role.PROVINCE_CHAIR, "49", Level.PROVINCE, 200, False),
        (Role.TRADE_OFFICER, "49", Level.PROVINCE, 200, False),
        (Role.AUDITOR, "49", Level.PROVINCE, 200, False),
        (Role.NATIONAL_OFFICER, "VN", Level.CENTRAL, 200, False),
        (Role.COUNCIL_MEMBER, "49", Level.PROVINCE, 404, False),
    ],
)
async def test_who_sees_a_producer_and_its_personal_data(
    world: Any, role: Role, unit: str, level: Level, sees: int, personal: bool
) -> None:
    _, made = await world.producer()
    answer = await world.get(f"/producers/{made['id']}", person(role, unit, level))
    assert answer.status_code == sees
    listed = await world.get("/producers", person(role, unit, level), params={"commune_code": "20794"})
    assert (made["id"] in {item["id"] for item in listed.json()["items"]}) == (sees == 200)
    if sees == 200:
        body = answer.json()
        shown = {body["phone"], body["email"], body["representative"]}
        assert shown == ({made["phone"], made["email"], made["representative"]} if personal else {None})


async def test_another_producer_and_an_unknown_id_look_the_same(world: Any) -> None:
    _, made = await world.producer()
    stranger, _ = await world.producer()
    foreign = await world.get(f"/producers/{made['id']}", stranger)
    absent = await world.get(f"/producers/{new_id()}", stranger)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert (await world.get(f"/producers/{made['id']}")).status_code == 401


async def test_only_who_keeps_the_record_may_change_it(world: Any) -> None:
    owner, made = await world.producer()
    path = f"/producers/{made['id']}"
    chair = person(Role.DISTRICT_CHAIR, "513", Level.DISTRICT)
    foreign = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT)
    assert (await world.patch(path, chair, 1, {"address": "Thôn 9"})).status_code == 403
    assert (await world.patch(path, foreign, 1, {"address": "Thôn 9"})).status_code == 404
    changed = await world.patch(path, owner, 1, {"address": "Thôn 9"})
    assert (changed.status_code, changed.json()["address"], changed.headers["etag"]) == (200, "Thôn 9", '"v2"')
    stale = await world.patch(path, owner, 1, {"address": "Thôn 1"})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"v2"')
    unguarded = await world.client.patch(f"/api/registry/v1{path}", json={}, headers=headers_for(owner))
    assert unguarded.status_code == 428
    null_name = await world.patch(path, owner, 2, {"name": None})
    assert null_name.status_code == 422


async def test_several_people_may_act_for_one_producer(world: Any) -> None:
    owner, made = await world.producer()
    second = await world.someone("Người thứ hai")
    joined = await world.post(f"/producers/{made['id']}/people", owner, {"person_id": str(second.person_id)})
    assert joined.status_code == 201, joined.text
    assert (await world.get(f"/producers/{made['id']}", Actor(second.person_id, "", ()))).status_code == 200
    twice = await world.post(f"/producers/{made['id']}/people", owner, {"person_id": str(second.person_id)})
    assert twice.status_code == 409


async def test_the_food_safety_commitment_is_dated_not_later_than_today(world: Any) -> None:
    owner, made = await world.producer()
    path = f"/producers/{made['id']}/food-safety-commitments"
    assert (await world.post(path, owner, {"signed_on": "2031-01-01"})).status_code == 422
    signed = await world.post(path, owner, {"signed_on": "2023-05-10"})
    assert signed.json()["food_safety_committed_on"] == "2023-05-10"


async def test_kinds_of_producers_change_with_the_law(world: Any) -> None:
    now = (await world.get("/producer-kinds", params={"on": "2026-06-01"})).json()
    before = (await world.get("/producer-kinds", params={"on": "2022-01-01"})).json()
    assert "association" in {kind["code"] for kind in now["kinds"]}
    assert "association" not in {kind["code"] for kind in before["kinds"]}
    assert now["legal_ref"] == "26/2026/QĐ-TTg Art. 2.3"


async def test_after_the_reform_the_new_units_officers_reach_the_records_of_the_old_ones(world: Any) -> None:
    _, made = await world.producer()
    (successor,) = await world.sql(
        "SELECT to_code FROM unit_successions WHERE from_code = '20794' AND on_date = '2025-07-01'"
    )
    new = person(Role.COMMUNE_OFFICER, successor["to_code"], Level.COMMUNE)
    city = person(Role.PROVINCE_SECRETARY, "48", Level.PROVINCE)
    try:
        assert (await world.get(f"/producers/{made['id']}", city)).status_code == 404
        await world.set_clock("2026-06-01")
        assert (await world.get(f"/producers/{made['id']}", city)).status_code == 200
        assert (await world.get(f"/producers/{made['id']}", new)).status_code == 200
    finally:
        await world.set_clock("2023-10-20")
