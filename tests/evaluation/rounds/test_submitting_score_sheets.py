"""POST /score-sheets: once per key, once per member, whole, by who may, and never changed."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person
from shared.testing.statements import counted_statements


@pytest.fixture
async def council(shared_stage: Any) -> Any:
    return await shared_stage.council()


@pytest.fixture
async def dossier(shared_stage: Any) -> Any:
    return await shared_stage.dossier()


async def test_a_submitted_sheet_is_stored_by_row_and_told_without_scores(
    shared_stage: Any, council: Any, dossier: Any
) -> None:
    round_id = await shared_stage.round(council, dossier)
    body = shared_stage.body(round_id, dossier, 72) | {"notes": {"1.a": "Rõ nguồn gốc"}, "remarks": "Tốt"}
    code = next(iter(body["choices"]))
    body["notes"] = {code: "Rõ nguồn gốc"}
    answer = await shared_stage.submit(council.chair, body)
    assert answer.status_code == 201, answer.text
    sheet = answer.json()
    assert (sheet["total"], sheet["state"], sheet["attempt"]) == (72, "submitted", 1)
    assert sheet["choices"] == body["choices"]
    row = await shared_stage.one(
        "SELECT sum(points) AS total, count(*) AS answers FROM score_choices WHERE sheet_id = :id", id=sheet["id"]
    )
    assert (row.total, row.answers) == (72, len(body["choices"]))
    told = [e for e in await shared_stage.world.events("evaluation.sheet_submitted") if e["round_id"] == round_id]
    (event,) = told
    assert set(event) == {"round_id", "dossier_id", "member_id", "submitted_at"}
    read = await shared_stage.ok("GET", f"/rounds/{round_id}/dossiers/{dossier}/score-sheet", council.chair)
    assert {key: read[key] for key in ("id", "choices", "total", "notes", "remarks")} == {
        key: sheet[key] for key in ("id", "choices", "total", "notes", "remarks")
    }


async def test_the_event_reads_as_its_contract_and_waits_for_the_notifier(
    shared_stage: Any, council: Any, dossier: Any
) -> None:
    from shared.contracts.evaluation import SheetSubmitted

    round_id = await shared_stage.round(council, dossier)
    await shared_stage.submit(council.chair, shared_stage.body(round_id, dossier, 60))
    row = await shared_stage.one(
        "SELECT e.payload, e.traceparent, d.subscriber, d.state FROM outbox_events e"
        " JOIN outbox_deliveries d ON d.event_id = e.id WHERE e.payload->>'round_id' = :id"
        " AND e.type = 'evaluation.sheet_submitted'",
        id=round_id,
    )
    event = SheetSubmitted.model_validate(row.payload)
    assert event.submitted_at.tzinfo is not None
    assert (row.subscriber, row.state) == ("notifier", "waiting")
    assert row.traceparent.startswith("00-")


async def test_twenty_requests_with_one_key_make_one_sheet(shared_stage: Any, council: Any, dossier: Any) -> None:
    round_id = await shared_stage.round(council, dossier)
    body = shared_stage.body(round_id, dossier, 66)
    key = str(new_id())
    answers = await asyncio.gather(*(shared_stage.submit(council.chair, body, key) for _ in range(20)))
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    stored = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.text for answer in stored}) == 1
    assert sum("Idempotent-Replay" not in answer.headers for answer in stored) == 1
    assert {a.json()["type"] for a in answers if a.status_code == 409} <= {"/problems/request-in-flight"}
    row = await shared_stage.one("SELECT count(*) AS sheets FROM score_sheets WHERE round_id = :id", id=round_id)
    assert row.sheets == 1
    again = await shared_stage.submit(council.chair, body, key)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (201, "true")
    assert again.text == stored[0].text


async def test_a_key_used_with_another_body_or_missing_is_refused(
    shared_stage: Any, council: Any, dossier: Any
) -> None:
    round_id = await shared_stage.round(council, dossier)
    key = str(new_id())
    assert (await shared_stage.submit(council.chair, shared_stage.body(round_id, dossier, 66), key)).status_code == 201
    other = await shared_stage.submit(council.chair, shared_stage.body(round_id, dossier, 67), key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    bare = await shared_stage.world.client.post(
        "/api/evaluation/v1/score-sheets",
        json=shared_stage.body(round_id, dossier, 66),
        headers={"Authorization": shared_stage.headers(council.chair)["Authorization"]},
    )
    assert (bare.status_code, bare.json()["type"]) == (400, "/problems/idempotency-key-missing")


async def test_a_refused_submission_leaves_no_key_behind(shared_stage: Any, council: Any, dossier: Any) -> None:
    round_id = await shared_stage.round(council, dossier)
    key = str(new_id())
    body = shared_stage.body(round_id, dossier, 66)
    broken = body | {"choices": dict(list(body["choices"].items())[1:])}
    assert (await shared_stage.submit(council.chair, broken, key)).status_code == 422
    assert (await shared_stage.submit(council.chair, body, key)).status_code == 201


async def test_every_fault_of_a_sheet_is_listed_with_its_path(shared_stage: Any, council: Any, dossier: Any) -> None:
    round_id = await shared_stage.round(council, dossier)
    body = shared_stage.body(round_id, dossier, 66)
    codes = list(body["choices"])
    body["choices"][codes[0]] = 99
    body["choices"][codes[1]] = "\ud800"
    del body["choices"][codes[2]]
    body["choices"]["z"] = 1
    body["notes"] = {"y": "ghi chú"}
    raw = json.dumps(body).encode()  # a lone surrogate can only be written escaped
    answer = await shared_stage.world.call(
        "POST", "/score-sheets", council.chair, content=raw, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert {(fault["field"], fault["code"]) for fault in answer.json()["errors"]} == {
        (f'choices["{codes[0]}"]', "unknown_option"),
        (f'choices["{codes[1]}"]', "not_a_number"),
        (f'choices["{codes[2]}"]', "missing"),
        ('choices["z"]', "unknown_criterion"),
        ('notes["y"]', "unknown_criterion"),
    }
    nul = await shared_stage.submit(council.chair, shared_stage.body(round_id, dossier, 66) | {"remarks": "a\x00b"})
    assert nul.status_code == 422


async def test_only_members_of_this_council_submit_and_others_learn_nothing(
    shared_stage: Any, council: Any, dossier: Any
) -> None:
    round_id = await shared_stage.round(council, dossier)
    whole = shared_stage.body(round_id, dossier, 66)
    faulty = whole | {"choices": {}}
    outsider = (await shared_stage.council("district", "511")).chair
    elsewhere = await shared_stage.dossier()
    for actor in (outsider, council.secretary, shared_stage.producer(dossier)):
        for body in (whole, faulty):
            assert (await shared_stage.submit(actor, body)).status_code == 404
    for body in (
        whole | {"round_id": str(new_id())},
        whole | {"dossier_id": str(new_id())},
        whole | {"dossier_id": str(elsewhere)},
    ):
        assert (await shared_stage.submit(council.chair, body)).status_code == 404


async def test_a_round_that_is_not_open_takes_no_sheet(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(), await stage.dossier()
    round_id = await stage.round(council, dossier, opened=False)
    early = await stage.submit(council.chair, stage.body(round_id, dossier, 60))
    assert (early.status_code, early.json()["state"]) == (409, "planned")
    await stage.ok("POST", f"/rounds/{round_id}/opening", council.secretary)
    for member in council.members[:2]:
        assert (await stage.submit(member, stage.body(round_id, dossier, 60))).status_code == 201
    await stage.agree(council, round_id, dossier, 60)
    await stage.close(council, round_id)
    late = await stage.submit(council.members[2], stage.body(round_id, dossier, 60))
    assert (late.status_code, late.json()["type"], late.json()["state"]) == (409, "/problems/round-not-open", "closed")


async def test_a_member_has_one_sheet_and_cannot_change_it(shared_stage: Any, council: Any, dossier: Any) -> None:
    round_id = await shared_stage.round(council, dossier)
    answers = await asyncio.gather(
        *(shared_stage.submit(council.chair, shared_stage.body(round_id, dossier, total)) for total in range(60, 70))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert {a.json()["type"] for a in answers if a.status_code == 409} == {"/problems/sheet-already-submitted"}
    path = f"/rounds/{round_id}/dossiers/{dossier}/score-sheet"
    await shared_stage.refused(409, "PUT", path, council.chair, {"choices": {}})


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("score_sheets", "total"),
        ("score_choices", "points"),
        ("results", "star"),
        ("outcomes", "outcome"),
        ("decisions", "number"),
        ("conflicts", "reason"),
        ("rescorings", "reason"),
    ],
)
async def test_the_service_itself_cannot_rewrite_history(shared_stage: Any, table: str, column: str) -> None:
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with shared_stage.world.database.session() as session:
                await session.execute(text(statement))


async def test_the_whole_submission_is_one_statement(shared_stage: Any, council: Any, dossier: Any) -> None:
    round_id = await shared_stage.round(council, dossier)
    await shared_stage.submit(council.chair, shared_stage.body(round_id, dossier, 60))  # remembers the dossier's sheet
    with counted_statements() as statements:
        answer = await shared_stage.submit(council.members[1], shared_stage.body(round_id, dossier, 61))
    assert answer.status_code == 201
    assert len(statements) == 1
    assert "submit_score_sheet(" in statements[0]


async def test_a_trade_officer_is_no_member(shared_stage: Any, council: Any, dossier: Any) -> None:
    round_id = await shared_stage.round(council, dossier)
    officer = person(Role.TRADE_OFFICER, "49", Level.PROVINCE)
    assert (await shared_stage.submit(officer, shared_stage.body(round_id, dossier, 60))).status_code == 404
    signed_out = await shared_stage.world.call("POST", "/score-sheets", None, {})
    assert signed_out.status_code == 401
