"""Fairs, promotion abroad, conferences and meetings over HTTP."""

import asyncio
from typing import Any

import pytest
from tests.commerce.world import (
    AUDITOR,
    DISTRICT,
    FOREIGN_PROVINCE,
    PROVINCE,
    TRADE,
    World,
    issued,
    producer_of,
    registered,
)

from commerce.domain.access import RECORDS_TRADE_EVENTS
from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person


def event_draft(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "themed_fair",
        "name": "Hội chợ OCOP Quảng Nam (minh họa)",
        "place": "Tam Kỳ",
        "starts_on": "2024-11-03",
        "ends_on": "2024-11-05",
    } | changes


async def announced(world: World, actor: Actor = TRADE, **changes: Any) -> dict[str, Any]:
    answer = await world.post("/trade-events", event_draft(**changes), actor)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


RESULT = {"sales": 2_150_000_000, "contracts": 7, "summary": "Kết quả minh họa"}


async def test_an_event_is_announced_then_shown_then_held_with_its_result(world: World) -> None:
    event = await announced(world)
    assert (event["state"], event["province_code"], event["exhibitors"]) == ("announced", "49", 0)
    path = f"/trade-events/{event['id']}"
    product, sibling_maker = await world.product(), registered()
    sibling = registered(producer_id=product.producer_id)
    await world.tell(sibling_maker, issued(sibling_maker, star=4), sibling, issued(sibling))
    for one in (product, sibling_maker, sibling):
        answer = await world.post(f"{path}/participations", {"product_id": str(one.product_id)}, TRADE)
        assert answer.status_code == 201, answer.text
    held = (await world.post(f"{path}/result", RESULT, TRADE)).json()
    assert (held["state"], held["exhibitors"], len(held["participations"])) == ("held", 2, 3)
    assert held["result"] == {"held_on": "2024-11-05", **RESULT}
    (told,) = [e for e in await world.told("commerce.trade_event_held") if e["trade_event_id"] == event["id"]]
    assert told == {
        "trade_event_id": event["id"],
        "kind": "themed_fair",
        "name": event["name"],
        "province_code": "49",
        "held_on": "2024-11-05",
        "exhibitors": 2,
        "sales": 2_150_000_000,
        "year": 2024,
        "revision": 2,
    }


@pytest.mark.parametrize("kind", ["promotion_abroad", "conference", "supply_demand_meeting"])
async def test_every_kind_of_event_may_be_held_without_exhibitors(world: World, kind: str) -> None:
    event = await announced(world, kind=kind)
    answer = await world.post(f"/trade-events/{event['id']}/result", {"sales": 0, "summary": "Đã họp"}, TRADE)
    assert (answer.status_code, answer.json()["exhibitors"]) == (201, 0)


async def test_a_result_is_booked_once_and_not_before_the_last_day(world: World) -> None:
    future = await announced(world, starts_on="2024-11-05", ends_on="2024-11-06")
    early = await world.post(f"/trade-events/{future['id']}/result", RESULT, TRADE)
    assert (early.status_code, early.json()["state"]) == (409, "announced")
    event = await announced(world)
    answers = await asyncio.gather(
        *(world.post(f"/trade-events/{event['id']}/result", RESULT, TRADE) for _ in range(8))
    )
    assert sorted(a.status_code for a in answers) == [201] + [409] * 7
    told = [e for e in await world.told("commerce.trade_event_held") if e["trade_event_id"] == event["id"]]
    assert len(told) == 1


async def test_a_product_needs_a_certificate_live_on_the_first_day_and_joins_once(world: World) -> None:
    event = await announced(world)
    path = f"/trade-events/{event['id']}/participations"
    late = registered()
    await world.tell(late, issued(late, issued_on="2024-11-04"))
    for refused in (late.product_id, (await world.product(star=None)).product_id, new_id()):
        answer = await world.post(path, {"product_id": str(refused)}, TRADE)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-live-certificate")
    product = await world.product()
    body = {"product_id": str(product.product_id)}
    assert (await world.post(path, body, TRADE)).status_code == 201
    assert (await world.post(path, body, TRADE)).json()["type"] == "/problems/already-recorded"
    await world.post(f"/trade-events/{event['id']}/result", RESULT, TRADE)
    other = await world.product()
    answer = await world.post(path, {"product_id": str(other.product_id)}, TRADE)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/trade-event-held")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"ends_on": "2024-11-02"}, "ends_on"),
        ({"starts_on": "2024-02-30"}, "starts_on"),
        ({"place": ""}, "place"),
    ],
)
async def test_a_faulty_event_is_refused(world: World, changes: dict[str, str], field: str) -> None:
    answer = await world.post("/trade-events", event_draft(**changes), TRADE)
    assert answer.status_code == 422
    assert [f["field"] for f in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "body", [{"sales": -1}, {"sales": 10**15 + 1}, {"sales": 1.5}, {"sales": "1"}, {"sales": None}]
)
async def test_sales_are_whole_dong_within_reason(world: World, body: dict[str, Any]) -> None:
    event = await announced(world)
    answer = await world.post(f"/trade-events/{event['id']}/result", {"summary": "x"} | body, TRADE)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "sales")


async def test_an_officer_of_several_provinces_says_which(world: World) -> None:
    both = Actor(
        new_id(),
        "Người thử nghiệm",
        tuple(Appointment(Role.TRADE_OFFICER, Level.PROVINCE, code) for code in ("48", "49")),
    )
    refusal = await world.post("/trade-events", event_draft(), both)
    assert (refusal.status_code, refusal.json()["errors"][0]["field"]) == (422, "province_code")
    assert (await announced(world, both, province_code="48"))["province_code"] == "48"
    assert (await world.post("/trade-events", event_draft(province_code="01"), both)).status_code == 403


@pytest.mark.parametrize("act", ["participations", "result"])
async def test_only_the_provinces_trade_department_writes(world: World, act: str) -> None:
    event = await announced(world)
    product = await world.product()
    body = {"participations": {"product_id": str(product.product_id)}, "result": RESULT}[act]
    assert RECORDS_TRADE_EVENTS == (Role.TRADE_OFFICER,)
    for actor, status in (
        (FOREIGN_PROVINCE, 404),
        (PROVINCE, 403),
        (DISTRICT, 403),
        (AUDITOR, 403),
        (producer_of(product), 403),
    ):
        assert (await world.post(f"/trade-events/{event['id']}/{act}", body, actor)).status_code == status
    assert (await world.post(f"/trade-events/{new_id()}/{act}", body, TRADE)).status_code == 404
    assert (await world.get(f"/trade-events/{event['id']}", TRADE)).json()["version"] == 1


async def test_sales_are_shown_to_the_provinces_officials_only(world: World) -> None:
    event = await announced(world)
    await world.post(f"/trade-events/{event['id']}/result", RESULT, TRADE)
    product = await world.product()
    for actor, shown in (
        (TRADE, True),
        (PROVINCE, True),
        (AUDITOR, True),
        (DISTRICT, False),
        (producer_of(product), False),
        (FOREIGN_PROVINCE, False),
    ):
        one = (await world.get(f"/trade-events/{event['id']}", actor)).json()
        items = (await world.get("/trade-events", actor, limit=100)).json()["items"]
        (listed,) = [i for i in items if i["id"] == event["id"]]
        expected = RESULT["sales"] if shown else None
        assert (one["result"]["sales"], listed["result"]["sales"]) == (expected, expected)
    assert (await world.get("/trade-events")).status_code == 401


async def test_events_are_filtered_searched_and_paged_latest_first(world: World) -> None:
    officer = person(Role.TRADE_OFFICER, "60")
    made = []
    for n in range(1, 6):
        days = {"starts_on": f"2019-0{n}-01", "ends_on": f"2019-0{n}-02"}
        made.append(await announced(world, officer, name=f"Gặp gỡ Điện Bàn {n}", kind="supply_demand_meeting", **days))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await world.get("/trade-events", TRADE, year=2019, q="dien ban", limit=2, **cursor)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [event["id"] for event in reversed(made)]

    async def count(**filters: Any) -> int:
        return len((await world.get("/trade-events", TRADE, province_code="60", **filters)).json()["items"])

    assert await count() == 5
    assert await count(kind="conference") == 0
    assert await count(year=2020) == 0
    assert await count(state="held") == 0
    assert await count(state="announced") == 5
    assert await count(product_id=str(new_id())) == 0
