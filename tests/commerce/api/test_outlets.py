"""Outlets over HTTP: opening, stock, closing, and what anybody may read."""

import asyncio

import pytest
from tests.commerce.world import (
    AUDITOR,
    DISTRICT,
    FOREIGN_DISTRICT,
    FOREIGN_PROVINCE,
    PROVINCE,
    TRADE,
    World,
    ended,
    issued,
    outlet_draft,
    registered,
)

from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person


async def opened(world: World, actor: Actor = TRADE, **changes: object) -> dict[str, object]:
    answer = await world.post("/outlets", outlet_draft(**changes), actor)
    assert answer.status_code == 201, answer.text
    body: dict[str, object] = answer.json()
    return body


async def test_an_outlet_counts_for_the_district_of_its_commune_on_the_opening_day(world: World) -> None:
    outlet = await opened(world)
    assert (outlet["unit_code"], outlet["province_code"], outlet["commune_name"]) == ("502", "49", "Phường Tân Thạnh")
    (event,) = [e for e in await world.told("commerce.outlet_opened") if e["outlet_id"] == outlet["id"]]
    assert (event["unit_code"], event["year"], event["revision"]) == ("502", 2023, 1)


async def test_where_districts_are_gone_an_outlet_counts_for_its_commune(world: World) -> None:
    await world.clock("2026-07-01T12:00:00+07:00")
    outlet = await opened(world, person(Role.TRADE_OFFICER, "48"), opened_on="2026-06-01")
    assert (outlet["unit_code"], outlet["province_code"]) == ("20335", "48")
    assert outlet["commune_name"] == "Phường Bàn Thạch"


@pytest.mark.parametrize(
    ("actor", "commune", "status"),
    [
        (TRADE, "20335", 201),
        (DISTRICT, "20335", 201),
        (DISTRICT, "20413", 403),
        (FOREIGN_DISTRICT, "20335", 403),
        (FOREIGN_PROVINCE, "20335", 403),
        (PROVINCE, "20335", 403),
        (person(Role.PRODUCER, "20335", Level.COMMUNE, producer=new_id()), "20335", 403),
    ],
)
async def test_only_the_trade_department_and_the_districts_secretary_open_outlets(
    world: World, actor: Actor, commune: str, status: int
) -> None:
    assert (await world.post("/outlets", outlet_draft(commune_code=commune), actor)).status_code == status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"commune_code": "99999"}, "commune_code"),
        ({"commune_code": "502"}, "commune_code"),
        ({"opened_on": "2024-11-06"}, "opened_on"),
        ({"kind": "shop"}, "kind"),
        ({"name": "   "}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_faulty_outlet_is_refused_with_the_path_of_the_fault(
    world: World, changes: dict[str, str], field: str
) -> None:
    answer = await world.post("/outlets", outlet_draft(**changes), TRADE)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


async def test_an_open_outlet_of_the_same_name_in_the_commune_is_refused(world: World) -> None:
    await opened(world, name="Điểm bán Hương Quê")
    answer = await world.post("/outlets", outlet_draft(name="điểm bán HƯƠNG QUẾ"), TRADE)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-recorded")


async def test_a_client_may_choose_the_id_but_not_twice(world: World) -> None:
    chosen = str(new_id())
    outlet = await opened(world, id=chosen)
    assert outlet["id"] == chosen
    answer = await world.post("/outlets", outlet_draft(id=chosen), TRADE)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-recorded")


async def test_twenty_at_once_open_one_outlet_of_a_name(world: World) -> None:
    draft = outlet_draft()
    answers = await asyncio.gather(*(world.post("/outlets", draft, TRADE) for _ in range(20)))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 19


async def test_only_products_with_a_live_certificate_are_stocked(world: World) -> None:
    outlet = await opened(world)
    path = f"/outlets/{outlet['id']}/stock"
    starred, starless = await world.product(), await world.product(star=None)
    answer = await world.post(path, {"product_id": str(starred.product_id)}, DISTRICT)
    assert answer.status_code == 201
    assert [(p["product_id"], p["star"]) for p in answer.json()["products"]] == [(str(starred.product_id), 3)]
    for unknown in (starless.product_id, new_id()):
        refusal = await world.post(path, {"product_id": str(unknown)}, TRADE)
        assert (refusal.status_code, refusal.json()["type"]) == (409, "/problems/no-live-certificate")
        assert refusal.json()["rule"]
    again = await world.post(path, {"product_id": str(starred.product_id)}, TRADE)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-recorded")


@pytest.mark.parametrize(
    ("day", "stocked"),
    [("2023-10-19", False), ("2023-10-20", True), ("2026-10-19", True), ("2026-10-20", False)],
)
async def test_the_certificates_first_and_last_days_count(world: World, day: str, stocked: bool) -> None:
    await world.clock("2023-10-19T12:00:00+07:00")
    outlet = await opened(world, opened_on="2023-10-01")
    product = await world.product()
    await world.clock(f"{day}T12:00:00+07:00")
    answer = await world.post(f"/outlets/{outlet['id']}/stock", {"product_id": str(product.product_id)}, TRADE)
    assert answer.status_code == (201 if stocked else 409)


async def test_a_product_leaves_the_public_list_with_its_certificate(world: World) -> None:
    outlet = await opened(world)
    product = registered()
    certificate = issued(product)
    await world.tell(product, certificate)
    await world.post(f"/outlets/{outlet['id']}/stock", {"product_id": str(product.product_id)}, TRADE)

    async def shown() -> list[str]:
        items = (await world.get("/outlets", product_id=str(product.product_id))).json()["items"]
        codes: list[str] = items[0]["product_codes"]
        assert codes == [p["product_code"] for p in (await world.get(f"/outlets/{outlet['id']}")).json()["products"]]
        return codes

    assert await shown() == [certificate.product_code]
    await world.tell(ended(certificate, "2024-11-06"))
    assert await shown() == [certificate.product_code], "revoked from tomorrow on"
    await world.tell(ended(certificate, "2024-11-05"))
    assert await shown() == []
    successor = issued(product, star=4, issued_on="2024-11-01", product_code="49-502-20335-SAU-2024")
    await world.tell(successor)
    assert await shown() == [successor.product_code]


async def test_an_outlet_closes_once_with_its_reason_and_then_shows_and_takes_nothing(world: World) -> None:
    outlet = await opened(world)
    product = await world.product()
    stock, closing = f"/outlets/{outlet['id']}/stock", f"/outlets/{outlet['id']}/closing"
    await world.post(stock, {"product_id": str(product.product_id)}, TRADE)
    assert (await world.get(closing, AUDITOR)).status_code == 404
    body = {"closed_on": "2024-10-01", "reason": "Hết hợp đồng thuê mặt bằng"}
    for wrong in ("2023-11-14", "2024-11-06"):
        refusal = await world.post(closing, body | {"closed_on": wrong}, DISTRICT)
        assert (refusal.status_code, refusal.json()["errors"][0]["field"]) == (422, "closed_on")
    answers = await asyncio.gather(*(world.post(closing, body, DISTRICT) for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409]
    public = (await world.get(f"/outlets/{outlet['id']}")).json()
    assert (public["closed_on"], public["products"], "closing_reason" in public) == ("2024-10-01", [], False)
    refusal = await world.post(stock, {"product_id": str((await world.product()).product_id)}, TRADE)
    assert (refusal.status_code, refusal.json()["type"]) == (409, "/problems/outlet-closed")
    (event,) = [e for e in await world.told("commerce.outlet_closed") if e["outlet_id"] == outlet["id"]]
    assert (event["unit_code"], event["reason"], event["revision"]) == ("502", "Hết hợp đồng thuê mặt bằng", 2)
    for reader, status in ((AUDITOR, 200), (DISTRICT, 200), (FOREIGN_DISTRICT, 404), (FOREIGN_PROVINCE, 404)):
        assert (await world.get(closing, reader)).status_code == status


@pytest.mark.parametrize("act", ["stock", "closing"])
@pytest.mark.parametrize(
    ("actor", "absent", "status"),
    [
        (FOREIGN_DISTRICT, False, 404),
        (FOREIGN_PROVINCE, False, 404),
        (TRADE, True, 404),
        (PROVINCE, False, 403),
        (AUDITOR, False, 403),
    ],
)
async def test_who_is_out_of_scope_learns_nothing_and_changes_nothing(
    world: World, act: str, actor: Actor, absent: bool, status: int
) -> None:
    outlet = await opened(world)
    product = await world.product()
    body = {
        "stock": {"product_id": str(product.product_id)},
        "closing": {"closed_on": "2024-01-01", "reason": "x"},
    }[act]
    path = f"/outlets/{new_id() if absent else outlet['id']}/{act}"
    assert (await world.post(path, body, actor)).status_code == status
    assert (await world.get(f"/outlets/{outlet['id']}")).json()["products"] == []


async def test_the_public_list_is_searched_without_accents_filtered_and_paged(world: World) -> None:
    names = [f"Chợ quê Ánh Tuyết {n}" for n in range(5)]
    for name in names:
        await opened(world, name=name, commune_code="20413")
    await opened(world, name="Trung tâm Ánh Tuyết", kind="centre")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await world.get("/outlets", q="anh tuyet", unit_code="503", limit=2, **cursor)
        assert answer.status_code == 200
        seen += [item["name"] for item in answer.json()["items"]]
        if answer.json()["next"] is None:
            break
        assert 'rel="next"' in answer.headers["link"]
        cursor = {"cursor": answer.json()["next"]}
    assert seen == names
    assert len((await world.get("/outlets", q="CAM CHAU anh", unit_code="503")).json()["items"]) == 0
    assert len((await world.get("/outlets", q="anh tuyet", kind="centre")).json()["items"]) == 1
    assert (await world.get("/outlets", q="100%_\\")).json()["items"] == []


async def test_closed_outlets_are_listed_when_asked_for(world: World) -> None:
    outlet = await opened(world, name="Quầy Mì Quảng đóng cửa")
    await world.post(f"/outlets/{outlet['id']}/closing", {"closed_on": "2024-01-01", "reason": "x"}, TRADE)
    found = {
        state: len((await world.get("/outlets", q="mi quang dong cua", state=state)).json()["items"])
        for state in ("open", "closed", "all")
    }
    assert found == {"open": 0, "closed": 1, "all": 1}


async def test_an_act_is_audited_with_the_person_who_did_it(world: World) -> None:
    outlet = await opened(world, DISTRICT)
    row = await world.database.reads.fetchrow(
        "SELECT actor, action FROM audit_entries WHERE subject_id = $1", outlet["id"]
    )
    assert row is not None
    assert tuple(row) == (str(DISTRICT.person_id), "open_outlet")
