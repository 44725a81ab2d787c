"""Figures and growth over HTTP: who reports, who sees, what is corrected, what is told."""

import asyncio
from typing import Any

import pytest
from tests.commerce.world import (
    AUDITOR,
    DISTRICT,
    FOREIGN_DISTRICT,
    FOREIGN_PROVINCE,
    PROVINCE,
    TRADE,
    World,
    figures_draft,
    issued,
    producer_of,
    registered,
)

from shared.auth.actors import Actor
from shared.contracts.registry import ProductRegistered
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import headers_for, person

READERS = [
    ("own producer", 200),
    (DISTRICT, 200),
    (person(Role.DISTRICT_CHAIR, "502", Level.DISTRICT), 200),
    (PROVINCE, 200),
    (person(Role.PROVINCE_CHAIR), 200),
    (TRADE, 200),
    (AUDITOR, 200),
    (person(Role.PRODUCER, "20335", Level.COMMUNE, producer=new_id()), 404),
    (FOREIGN_DISTRICT, 404),
    (FOREIGN_PROVINCE, 404),
    (person(Role.COMMUNE_OFFICER, "20335", Level.COMMUNE), 404),
    (person(Role.COUNCIL_MEMBER), 404),
    (person(Role.NATIONAL_OFFICER, "VN", Level.CENTRAL), 404),
]


async def reported(world: World, product: ProductRegistered, **changes: Any) -> dict[str, Any]:
    answer = await world.post("/figures", figures_draft(product.product_id, **changes), producer_of(product))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def told_of(world: World, product: ProductRegistered) -> list[dict[str, Any]]:
    events = await world.told("commerce.growth_measured")
    return [e for e in events if e["product_id"] == str(product.product_id)]


async def test_a_producer_reports_and_growth_is_measured_and_told(world: World) -> None:
    product = await world.product()
    figures = await reported(world, product)
    assert (figures["months"], figures["on_behalf"], figures["version"]) == (12, False, 1)
    growth = (await world.get(f"/products/{product.product_id}/growth", producer_of(product))).json()
    assert (growth["state"], growth["revenue_ratio"], growth["profit_ratio"], growth["met"]) == (
        "measured",
        "17/10",
        "17/10",
        True,
    )
    assert [step["rule"] for step in growth["steps"]] == [
        "recognition", "window", "baseline", "revenue", "profit", "target"
    ]  # fmt: skip
    assert all(step["source"].startswith("Kế hoạch OCOP Quảng Nam năm 2023") for step in growth["steps"])
    assert (growth["rule"]["min_star"], growth["rule"]["after_months"], growth["rule"]["at_least"]) == (3, 12, "3/2")
    assert await told_of(world, product) == [
        {
            "figures_id": figures["id"],
            "product_id": str(product.product_id),
            "period_from": "2023-11-01",
            "period_to": "2024-10-31",
            "revenue": 1_700_000_000,
            "profit": 170_000_000,
            "revenue_ratio": "17/10",
            "profit_ratio": "17/10",
            "district_code": "502",
            "province_code": "49",
            "year": 2023,
            "revision": 1,
        }
    ]


async def test_the_districts_secretary_reports_on_behalf_and_it_is_audited(world: World) -> None:
    product = await world.product()
    answer = await world.post("/figures", figures_draft(product.product_id), DISTRICT)
    assert (answer.status_code, answer.json()["on_behalf"]) == (201, True)
    action = await world.database.reads.fetchval(
        "SELECT action FROM audit_entries WHERE subject_id = $1 AND actor = $2",
        answer.json()["id"],
        str(DISTRICT.person_id),
    )
    assert action == "report_figures_on_behalf"


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        (FOREIGN_DISTRICT, 404),
        (person(Role.PRODUCER, "20335", Level.COMMUNE, producer=new_id()), 404),
        (TRADE, 403),
        (PROVINCE, 403),
        (AUDITOR, 403),
        (person(Role.COMMUNE_OFFICER, "20335", Level.COMMUNE), 403),
    ],
)
async def test_nobody_else_reports_or_corrects(world: World, actor: Actor, status: int) -> None:
    product = await world.product()
    figures = await reported(world, product, period_from="2023-08-01", period_to="2023-08-31")
    assert (await world.post("/figures", figures_draft(product.product_id), actor)).status_code == status
    body = {"revenue": 1, "reason": "x"}
    assert (await world.patch(f"/figures/{figures['id']}", body, actor, '"v1"')).status_code == status
    assert (await world.post("/figures", figures_draft(new_id()), producer_of(product))).status_code == 404


@pytest.mark.parametrize(("reader", "status"), READERS)
async def test_money_is_seen_by_the_producer_its_district_and_its_province(
    world: World, reader: Actor | str, status: int
) -> None:
    product = await world.product()
    figures = await reported(world, product)
    actor = reader if isinstance(reader, Actor) else producer_of(product)
    assert (await world.get(f"/figures/{figures['id']}", actor)).status_code == status
    assert (await world.get(f"/products/{product.product_id}/growth", actor)).status_code == status
    listed = (await world.get("/figures", actor, product_id=str(product.product_id))).json()["items"]
    assert [item["id"] for item in listed] == ([figures["id"]] if status == 200 else [])
    assert (await world.get(f"/figures/{new_id()}", actor)).status_code == 404
    assert (await world.get(f"/products/{new_id()}/growth", actor)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period_to": "2024-10-30"}, "period_to"),
        ({"period_from": "2024-10-31"}, "period_to"),
        ({"period_to": "2025-10-31"}, "period_to"),
        ({"period_from": "2024-11-01", "period_to": "2024-11-30"}, "period_to"),
        ({"revenue": -1}, "revenue"),
        ({"revenue": 10**15 + 1}, "revenue"),
        ({"profit": -(10**15) - 1}, "profit"),
        ({"profit": 1.5}, "profit"),
        ({"period_from": "2023-11-01T08:00:00"}, "period_from"),
    ],
)
async def test_faulty_figures_are_refused(world: World, changes: dict[str, Any], field: str) -> None:
    product = await world.product()
    answer = await world.post("/figures", figures_draft(product.product_id, **changes), producer_of(product))
    assert answer.status_code == 422
    assert [f["field"] for f in answer.json()["errors"]] == [field]


async def test_a_period_ends_before_today_in_vietnam(world: World) -> None:
    product = await world.product()
    await world.clock("2024-10-31T23:00:00+07:00")
    draft = figures_draft(product.product_id)
    assert (await world.post("/figures", draft, producer_of(product))).status_code == 422
    await world.clock("2024-11-01T00:30:00+07:00")
    assert (await world.post("/figures", draft, producer_of(product))).status_code == 201


async def test_figures_of_one_length_do_not_overlap_but_quarters_may_lie_within_a_year(world: World) -> None:
    product = await world.product()
    await reported(world, product)
    quarter = {"period_from": "2024-01-01", "period_to": "2024-03-31"}
    await reported(world, product, **quarter)
    for overlapping in ({"period_from": "2023-10-20", "period_to": "2024-10-19"}, quarter):
        answer = await world.post("/figures", figures_draft(product.product_id, **overlapping), producer_of(product))
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-recorded")


async def test_ten_reports_at_once_leave_one_and_one_measurement(world: World) -> None:
    product = await world.product()
    draft = figures_draft(product.product_id)
    answers = await asyncio.gather(*(world.post("/figures", draft, producer_of(product)) for _ in range(10)))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 9
    assert [e["revision"] for e in await told_of(world, product)] == [1]


async def test_a_correction_needs_the_current_version_and_tells_growth_again(world: World) -> None:
    product = await world.product()
    me = producer_of(product)
    figures = await reported(world, product)
    path, body = f"/figures/{figures['id']}", {"revenue": 1_400_000_000, "reason": "Cộng nhầm hóa đơn"}
    read = await world.get(path, me)
    assert (await world.patch(path, body, me, None)).status_code == 428
    corrected = await world.patch(path, body, me, read.headers["etag"])
    assert (corrected.status_code, corrected.headers["etag"], corrected.json()["revenue"]) == (
        200,
        '"v2"',
        1_400_000_000,
    )
    stale = await world.patch(path, body, me, read.headers["etag"])
    assert (stale.status_code, stale.headers["etag"]) == (412, '"v2"')
    first, second = await told_of(world, product)
    assert (first["revision"], second["revision"]) == (1, 2)
    assert (second["figures_id"], second["revenue_ratio"], second["profit_ratio"]) == (figures["id"], "7/5", "17/10")
    details = await world.database.reads.fetchval(
        "SELECT details ->> 'reason' FROM audit_entries WHERE subject_id = $1 AND action = 'correct_figures'",
        figures["id"],
    )
    assert details == "Cộng nhầm hóa đơn"


async def test_a_correction_without_a_reason_is_refused(world: World) -> None:
    product = await world.product()
    figures = await reported(world, product)
    answer = await world.patch(f"/figures/{figures['id']}", {"revenue": 1}, producer_of(product), '"v1"')
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")


async def test_of_twenty_corrections_of_one_version_one_wins(world: World) -> None:
    product = await world.product()
    figures = await reported(world, product)
    answers = await asyncio.gather(
        *(
            world.patch(f"/figures/{figures['id']}", {"revenue": n, "reason": "x"}, producer_of(product), '"v1"')
            for n in range(20)
        )
    )
    assert sorted(a.status_code for a in answers) == [200] + [412] * 19
    assert [e["revision"] for e in await told_of(world, product)] == [1, 2]


async def test_figures_moved_out_of_the_measured_period_are_withdrawn_and_may_come_back(world: World) -> None:
    product = await world.product()
    me = producer_of(product)
    path = f"/figures/{(await reported(world, product))['id']}"
    away = {"period_from": "2022-11-01", "period_to": "2023-10-31", "reason": "Nhầm năm"}
    assert (await world.patch(path, away, me, '"v1"')).status_code == 200
    growth = (await world.get(f"/products/{product.product_id}/growth", me)).json()
    assert (growth["state"], growth["figures_id"]) == ("waiting_for_figures", None)
    back = {"period_from": "2023-11-01", "period_to": "2024-10-31", "reason": "Đúng năm"}
    assert (await world.patch(path, back, me, '"v2"')).status_code == 200
    told = [(e["revision"], e["revenue_ratio"]) for e in await told_of(world, product)]
    assert told == [(1, "17/10"), (2, None), (3, "17/10")]


async def test_growth_answers_in_the_callers_language_and_304_when_nothing_changed(world: World) -> None:
    product = registered(baseline_profit=-50_000_000)
    await world.tell(product, issued(product))
    await reported(world, product)
    path = f"/products/{product.product_id}/growth"
    vietnamese = await world.get(path, PROVINCE)
    profit = vietnamese.json()["steps"][4]["outcome"]
    assert "lỗ 50000000 đồng nên tỷ lệ không có ý nghĩa" in profit
    assert "+220000000 đồng" in profit
    assert vietnamese.json()["profit_ratio"] is None
    headers = headers_for(PROVINCE) | {"Accept-Language": "en", "If-None-Match": vietnamese.headers["etag"]}
    english = await world.client.get(f"/api/commerce/v1{path}", headers=headers)
    assert (english.status_code, "a loss of 50000000 đồng" in english.json()["steps"][4]["outcome"]) == (200, True)
    headers["If-None-Match"] = english.headers["etag"]
    assert (await world.client.get(f"/api/commerce/v1{path}", headers=headers)).status_code == 304


async def test_figures_are_listed_latest_period_first_and_paged(world: World) -> None:
    product = await world.product()
    for month in ("01", "03", "05", "07"):
        await reported(world, product, period_from=f"2024-{month}-01", period_to=f"2024-{month}-31")
    me = producer_of(product)
    first = (await world.get("/figures", me, limit=3)).json()
    rest = (await world.get("/figures", me, limit=3, cursor=first["next"])).json()
    months = [item["period_from"][5:7] for item in first["items"] + rest["items"]]
    assert (months, rest["next"]) == (["07", "05", "03", "01"], None)
