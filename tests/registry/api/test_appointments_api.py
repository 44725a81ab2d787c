"""Appointments: made and ended by the province's secretary, read within scope, told to the notifier."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from shared.ids import new_id

DRAFT = {"role": "district_secretary", "unit_code": "502", "name": "Lê Văn Mới", "email": "moi@demo.ocop.example"}


async def events(registry: Any) -> list[dict[str, Any]]:
    async with registry.app.state.database.session() as session:
        rows = await session.execute(
            text("SELECT payload::text FROM outbox_events WHERE type = 'registry.person_appointed' ORDER BY seq DESC")
        )
        return [json.loads(row) for row in rows.scalars()]


async def test_an_appointment_is_made_told_and_in_the_next_token(registry: Any) -> None:
    made = await registry.post(
        "/appointments", DRAFT | {"valid_from": "2023-04-20", "valid_to": "2023-12-31"}, by="province-secretary"
    )
    assert (made["level"], made["person_name"], made["version"]) == ("district", "Lê Văn Mới", 1)
    told = (await events(registry))[0]
    assert (told["appointment_id"], told["unit_code"], told["valid_to"]) == (made["id"], "502", "2023-12-31")
    assert (told["revision"], told["email"]) == (1, "moi@demo.ocop.example")
    seen = await registry.get("/appointments", by="district-502-chair", unit_code="502")
    assert made["id"] in {one["id"] for one in seen["items"]}


async def test_ending_is_told_with_a_higher_revision_and_only_shortens(registry: Any) -> None:
    made = await registry.post("/appointments", DRAFT, by="province-secretary")
    path = f"/appointments/{made['id']}/ending"
    ended = await registry.post(path, {"valid_to": "2023-06-30", "reason": "Chuyển công tác"}, by="province-secretary")
    assert (ended["valid_to"], ended["version"]) == ("2023-06-30", 2)
    told = (await events(registry))[0]
    assert (told["valid_to"], told["revision"]) == ("2023-06-30", 2)
    later = {"valid_to": "2023-07-31", "reason": "Ở lại"}
    refused = await registry.send("POST", path, json=later, by="province-secretary")
    assert (refused.status_code, refused.json()["state"]) == (409, "ended")
    before = {"valid_to": "2022-01-01", "reason": "Sai ngày"}
    assert (await registry.send("POST", path, json=before, by="province-secretary")).status_code == 422
    absent = await registry.send("POST", f"/appointments/{new_id()}/ending", json=later, by="province-secretary")
    assert absent.status_code == 404


async def test_every_fault_is_named_at_once(registry: Any) -> None:
    body = {"role": "district_secretary", "unit_code": "49", "valid_from": "2023-05-01", "valid_to": "2023-04-01"}
    refused = await registry.send("POST", "/appointments", json=body, by="province-secretary")
    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == ["role", "valid_to", "person_id"]
    body = DRAFT | {"unit_code": "502", "valid_from": "2025-07-01"}
    gone = await registry.send("POST", "/appointments", json=body, by="province-secretary")
    assert gone.json()["errors"][0]["code"] == "unknown_unit"


async def test_the_same_appointment_twice_is_refused_and_a_repeat_is_not(registry: Any) -> None:
    headers = {"Idempotency-Key": "same"}
    first = await registry.send("POST", "/appointments", json=DRAFT, by="province-secretary", headers=headers)
    again = await registry.send("POST", "/appointments", json=DRAFT, by="province-secretary", headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    assert (await registry.send("POST", "/appointments", json=DRAFT, by="province-secretary")).status_code == 409


@pytest.mark.parametrize("who", ["province-chair", "district-502-secretary", "producer-1", "auditor"])
async def test_only_the_secretary_of_the_province_appoints(registry: Any, who: str) -> None:
    assert (await registry.send("POST", "/appointments", json=DRAFT, by=who)).status_code == 403


@pytest.mark.parametrize(
    ("who", "unit", "seen"),
    [
        ("province-chair", "503", True),
        ("auditor", "503", True),
        ("district-503-secretary", "503", True),
        ("district-502-secretary", "503", False),
        ("commune-20335", "503", False),
        ("producer-1", "503", False),
        ("district-502-secretary", "20335", True),
        ("district-503-secretary", "20335", False),
    ],
)
async def test_appointments_are_read_within_scope(registry: Any, who: str, unit: str, seen: bool) -> None:
    found = await registry.get("/appointments", by=who, unit_code=unit, limit=100)
    assert bool(found["items"]) is seen
