"""Plans over HTTP: drafted by the secretary, published by the chair, each unit told its duties; deadlines moved."""

import asyncio
import json
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from shared.ids import new_id

SECRETARY, CHAIR = "province-secretary", "province-chair"


async def events(registry: Any, kind: str) -> list[dict[str, Any]]:
    async with registry.app.state.database.session() as session:
        rows = await session.execute(
            text("SELECT payload::text FROM outbox_events WHERE type = :kind ORDER BY seq"), {"kind": kind}
        )
        return [json.loads(row) for row in rows.scalars()]


async def drafted(registry: Any, **changes: Any) -> dict[str, Any]:
    template = await registry.get("/plan-templates/plan-2023", by=SECRETARY)
    plan: dict[str, Any] = await registry.post("/plans", template | changes, by=SECRETARY)
    return plan


async def published(registry: Any) -> dict[str, Any]:
    plan = await drafted(registry)
    done: dict[str, Any] = await registry.post(f"/plans/{plan['id']}/publication", {}, by=CHAIR)
    return done


async def test_publication_gives_every_unit_its_duties(registry: Any) -> None:
    plan = await published(registry)
    assert (plan["state"], plan["published_on"], plan["version"]) == ("published", "2023-04-20", 2)
    assert [one["plan_id"] for one in await events(registry, "registry.plan_published")] == [plan["id"]]
    duties = await events(registry, "registry.deadline_set")
    assert Counter((d["code"], d["period"]) for d in duties) == {
        ("district_evaluation", "2023"): 18,
        ("province_evaluation", "2023"): 1,
        ("outlet_in_district", "2023"): 18,
        **{("quarterly_review", f"2023-Q{q}"): 19 for q in (2, 3, 4)},
        **{("periodic_report", f"2023-Q{q}"): 18 for q in (2, 3, 4)},
    }
    assert len({d["deadline_id"] for d in duties}) == len(duties)
    hoi_an = next(d for d in duties if (d["code"], d["unit_code"]) == ("district_evaluation", "503"))
    assert (hoi_an["due_on"], hoi_an["unit_name"], hoi_an["level"]) == ("2023-07-31", "Thành phố Hội An", "district")
    assert (hoi_an["responsible"], hoi_an["superior"]) == ("district_secretary", "province_secretary")
    assert (hoi_an["superior_unit_code"], hoi_an["fulfilled_by"]) == ("49", "evaluation.round_finished")
    assert (hoi_an["source"], hoi_an["revision"]) == ("Kế hoạch OCOP năm 2023, mục III.2", 1)
    province = next(d for d in duties if d["code"] == "province_evaluation")
    assert (province["due_on"], province["unit_code"]) == ("2023-10-29", "49")
    assert (province["responsible"], province["superior"]) == ("province_secretary", "province_chair")
    dates = {d["code"]: d["dates"] for d in plan["deadlines"]}
    assert dates["quarterly_review"][0] == {"period": "2023-Q2", "due_on": "2023-06-30", "units": 19}


async def test_units_are_those_valid_on_the_last_day(registry: Any) -> None:
    await registry.move_clock("2024-06-01T08:00:00+07:00")
    template = await registry.get("/plan-templates/plan-2023", by=SECRETARY)
    deadline = template["deadlines"][0]
    changes = {
        "year": 2024,
        "targets": [one | {"by": None} for one in template["targets"]],
        "deadlines": [deadline | {"due_on": "2024-12-31"}, deadline | {"code": "later", "due_on": "2025-03-31"}],
    }
    plan = await registry.post("/plans", template | changes, by=SECRETARY)
    await registry.post(f"/plans/{plan['id']}/publication", {}, by=CHAIR)
    told = Counter(d["code"] for d in await events(registry, "registry.deadline_set"))
    assert told == {"district_evaluation": 18, "later": 17}


async def test_one_plan_of_a_year_is_published_even_when_two_chairs_hurry(registry: Any) -> None:
    plans = [await drafted(registry) for _ in range(3)]
    token = await registry.token(CHAIR)

    async def publish(plan: dict[str, Any]) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await registry.send("POST", f"/plans/{plan['id']}/publication", json={}, headers=headers)
        return int(answer.status_code)

    assert sorted(await asyncio.gather(*[publish(plan) for plan in plans])) == [201, 409, 409]
    assert len(await events(registry, "registry.plan_published")) == 1
    winner = next(p for p in (await registry.get("/plans", by=CHAIR))["items"] if p["state"] == "published")
    again = await registry.send("POST", f"/plans/{winner['id']}/publication", json={}, by=CHAIR)
    assert (again.status_code, again.json()["state"]) == (409, "published")


async def test_a_repeated_publication_has_one_effect(registry: Any) -> None:
    plan = await drafted(registry)
    headers = {"Idempotency-Key": "publish-once"}
    path = f"/plans/{plan['id']}/publication"
    first = await registry.send("POST", path, json={}, by=CHAIR, headers=headers)
    again = await registry.send("POST", path, json={}, by=CHAIR, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    assert len(await events(registry, "registry.plan_published")) == 1


async def test_all_faults_of_a_draft_come_together(registry: Any) -> None:
    template = await registry.get("/plan-templates/plan-2023", by=SECRETARY)
    template["province_code"] = "50"
    template["targets"][0]["indicator"] = "happiness"
    template["deadlines"][0]["fulfilled_by"] = "moon.rose"
    refused = await registry.send("POST", "/plans", json=template, by=SECRETARY)
    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == [
        "targets[0].indicator",
        "deadlines[0].fulfilled_by",
        "province_code",
    ]


async def test_only_the_provinces_own_secretary_drafts(registry: Any) -> None:
    template = await registry.get("/plan-templates/plan-2023", by=SECRETARY)
    for who in (CHAIR, "district-502-secretary", "commune-20341", "producer-1", "auditor", "national"):
        assert (await registry.send("POST", "/plans", json=template, by=who)).status_code == 403, who
    later = template | {
        "year": 2025,
        "province_code": "48",
        "targets": [one | {"by": None} for one in template["targets"]],
        "deadlines": [],
    }
    assert (await registry.send("POST", "/plans", json=later, by=SECRETARY)).status_code == 403


@pytest.mark.parametrize(
    ("who", "draft", "after"),
    [
        (CHAIR, 200, 200),
        ("auditor", 200, 200),
        ("district-502-secretary", 404, 200),
        ("producer-1", 404, 200),
    ],
)
async def test_a_draft_is_seen_by_the_province_a_published_plan_by_everybody(
    registry: Any, who: str, draft: int, after: int
) -> None:
    plan = await drafted(registry)
    path = f"/plans/{plan['id']}"
    assert (await registry.send("GET", path, by=who)).status_code == draft
    assert bool((await registry.get("/plans", by=who, year=2023))["items"]) is (draft == 200)
    await registry.post(f"{path}/publication", {}, by=CHAIR)
    seen = await registry.send("GET", path, by=who)
    assert (seen.status_code, seen.headers["ETag"]) == (after, '"v2"')
    assert (await registry.send("GET", f"/plans/{new_id()}", by=who)).status_code == 404


@pytest.mark.parametrize("who", [SECRETARY, "district-502-chair", "auditor"])
async def test_only_the_chair_publishes(registry: Any, who: str) -> None:
    plan = await drafted(registry)
    refused = await registry.send("POST", f"/plans/{plan['id']}/publication", json={}, by=who)
    assert refused.status_code == 403


async def test_a_moved_deadline_is_told_to_every_unit_with_a_higher_revision(registry: Any) -> None:
    plan = await published(registry)
    deadline = next(d for d in plan["deadlines"] if d["code"] == "district_evaluation")
    path, body = f"/deadlines/{deadline['id']}", {"due_on": "2023-08-15", "reason": "Bão số 3"}
    unseen = await registry.send("PATCH", path, json=body, by=SECRETARY)
    assert unseen.status_code == 428
    moved = await registry.send("PATCH", path, json=body, by=SECRETARY, headers={"If-Match": '"v1"'})
    assert (moved.status_code, moved.json()["due_on"], moved.headers["ETag"]) == (200, "2023-08-15", '"v2"')
    stale = await registry.send("PATCH", path, json=body, by=SECRETARY, headers={"If-Match": '"v1"'})
    assert stale.status_code == 412
    told = [d for d in await events(registry, "registry.deadline_set") if d["revision"] == 2]
    assert {(d["code"], d["due_on"]) for d in told} == {("district_evaluation", "2023-08-15")}
    assert len(told) == 18
    first = [d for d in await events(registry, "registry.deadline_set") if d["revision"] == 1]
    assert {d["deadline_id"] for d in told} <= {d["deadline_id"] for d in first}


async def test_one_quarter_of_a_recurring_deadline_is_moved_alone(registry: Any) -> None:
    plan = await published(registry)
    deadline = next(d for d in plan["deadlines"] if d["code"] == "quarterly_review")
    path, headers = f"/deadlines/{deadline['id']}", {"If-Match": '"v1"'}
    body = {"due_on": "2023-07-05", "reason": "Nghỉ lễ"}
    for wrong in (body, body | {"period": "2023-Q1"}):
        refused = await registry.send("PATCH", path, json=wrong, by=SECRETARY, headers=headers)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "period")
    moved = await registry.send("PATCH", path, json=body | {"period": "2023-Q2"}, by=SECRETARY, headers=headers)
    assert moved.json()["version"] == 2
    after = await registry.get(f"/plans/{plan['id']}", by=SECRETARY)
    dates = next(d["dates"] for d in after["deadlines"] if d["code"] == "quarterly_review")
    assert [one["due_on"] for one in dates] == ["2023-07-05", "2023-09-30", "2023-12-31"]


async def test_an_unknown_template_or_deadline_is_not_found(registry: Any) -> None:
    assert (await registry.send("GET", "/plan-templates/plan-1999", by=SECRETARY)).status_code == 404
    headers = {"If-Match": '"v1"'}
    body = {"due_on": "2023-08-15", "reason": "x"}
    absent = await registry.send("PATCH", f"/deadlines/{new_id()}", json=body, by=SECRETARY, headers=headers)
    assert absent.status_code == 404
