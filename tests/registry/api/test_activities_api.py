"""Trainings and unit reports: recorded by those whose task it is, counted once, told to the notifier."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from shared.ids import new_id

TRAINING = {"title": "Tập huấn chu trình OCOP", "held_on": "2023-04-19", "kind": "officers"}
REPORT = {"unit_code": "502", "year": 2023, "code": "quarterly_review", "period": "2023-Q2", "summary": "Đã họp"}


async def test_a_training_is_recorded_with_who_took_part(registry: Any) -> None:
    people = (await registry.get("/dev-people"))["items"]
    officers = [one["person_id"] for one in people if one["code"].startswith("commune-5") or "district" in one["code"]]
    body = TRAINING | {"person_ids": [*officers, officers[0]], "unit_codes": ["502", "20335"]}
    made = await registry.post("/trainings", body, by="district-502-secretary")
    assert (made["people"], made["producers"], made["recorded_for"]) == (len(officers), 0, "502")
    (seen,) = (await registry.get("/trainings", by="auditor", year=2023, kind="officers"))["items"]
    assert seen == made
    assert (await registry.get("/trainings", by="auditor", year=2022))["items"] == []


async def test_every_unknown_participant_is_named(registry: Any) -> None:
    body = TRAINING | {
        "person_ids": [str(new_id())],
        "producer_ids": [str(new_id())],
        "unit_codes": ["999"],
        "held_on": "2023-04-21",
    }
    refused = await registry.send("POST", "/trainings", json=body, by="province-secretary")
    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == [
        "person_ids[0]",
        "producer_ids[0]",
        "unit_codes[0]",
        "held_on",
    ]


@pytest.mark.parametrize("who", ["producer-1", "commune-20335", "province-chair", "auditor"])
async def test_only_secretaries_record_trainings(registry: Any, who: str) -> None:
    assert (await registry.send("POST", "/trainings", json=TRAINING, by=who)).status_code == 403


async def test_a_report_is_sent_once_and_told(registry: Any) -> None:
    sent = await registry.post("/unit-reports", REPORT, by="district-502-secretary")
    assert sent["submitted_on"] == "2023-04-20"
    async with registry.app.state.database.session() as session:
        row = await session.execute(
            text("SELECT payload::text FROM outbox_events WHERE type = 'registry.unit_report_submitted'")
        )
        told = json.loads(row.scalar_one())
    assert told == {
        "report_id": sent["id"],
        "unit_code": "502",
        "year": 2023,
        "period": "2023-Q2",
        "code": "quarterly_review",
    }
    again = await registry.send("POST", "/unit-reports", json=REPORT, by="district-502-secretary")
    assert again.status_code == 409
    other = REPORT | {"code": "periodic_report"}
    assert (await registry.send("POST", "/unit-reports", json=other, by="district-502-secretary")).status_code == 201


@pytest.mark.parametrize(
    ("who", "change", "status"),
    [
        ("district-503-secretary", {}, 403),
        ("district-502-chair", {}, 403),
        ("producer-1", {}, 403),
        ("district-502-secretary", {"period": "2022-Q2"}, 422),
        ("district-502-secretary", {"period": "2023-Q5"}, 422),
        ("district-502-secretary", {"code": "gossip"}, 422),
        ("province-secretary", {"unit_code": "49"}, 201),
    ],
)
async def test_a_unit_reports_for_itself(registry: Any, who: str, change: dict[str, str], status: int) -> None:
    assert (await registry.send("POST", "/unit-reports", json=REPORT | change, by=who)).status_code == status


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("province-secretary", True),
        ("auditor", True),
        ("district-502-chair", True),
        ("district-503-secretary", False),
        ("commune-20335", False),
        ("producer-1", False),
    ],
)
async def test_reports_are_read_within_scope(registry: Any, who: str, seen: bool) -> None:
    await registry.post("/unit-reports", REPORT, by="district-502-secretary")
    found = await registry.get("/unit-reports", by=who, year=2023, unit_code="502", code="quarterly_review")
    assert bool(found["items"]) is seen
