"""Idempotency-Key: the same key and body have one effect and one answer."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from tests.commerce.world import TRADE, V1, World, outlet_draft

from shared.contracts.roles import Role
from shared.http import idempotency
from shared.ids import new_id
from shared.testing.people import headers_for, person

CONFERENCE = {
    "kind": "conference",
    "name": "Hội nghị (minh họa)",
    "place": "Tam Kỳ",
    "starts_on": "2024-01-01",
    "ends_on": "2024-01-01",
}


def conference() -> dict[str, Any]:
    return CONFERENCE | {"name": f"Hội nghị {new_id()}"}


async def stored_keys(world: World, key: str) -> int:
    count: int = await world.database.reads.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = $1", key)
    return count


async def effects(world: World, name: str) -> int:
    count: int = await world.database.reads.fetchval("SELECT count(*) FROM trade_events WHERE name = $1", name)
    return count


async def test_a_post_without_a_key_is_refused(world: World) -> None:
    answer = await world.client.post(f"{V1}/trade-events", json=conference(), headers=headers_for(TRADE))
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/idempotency-key-missing")


@pytest.mark.parametrize(("key", "status"), [("ké".encode(), 400), (b"a\x07b", 400), (b"k" * 256, 422), (b"", 400)])
async def test_a_key_that_is_no_key_is_refused(world: World, key: bytes, status: int) -> None:
    headers: list[tuple[bytes, bytes]] = [(k.encode(), v.encode()) for k, v in headers_for(TRADE).items()]
    body = conference()
    answer = await world.client.post(
        f"{V1}/trade-events",
        content=json.dumps(body),
        headers=[*headers, (b"content-type", b"application/json"), (b"idempotency-key", key)],
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await effects(world, body["name"]) == 0


async def test_a_repeat_gets_the_first_answer_word_for_word(world: World) -> None:
    body, key = conference(), str(new_id())
    first = await world.post("/trade-events", body, TRADE, key)
    again = await world.post("/trade-events", body, TRADE, key)
    assert (again.status_code, again.content) == (201, first.content)
    assert (again.headers["location"], again.headers["etag"]) == (first.headers["location"], first.headers["etag"])
    assert (again.headers["idempotent-replay"], "idempotent-replay" in first.headers) == ("true", False)
    assert await effects(world, body["name"]) == 1


async def test_the_same_key_with_another_body_or_route_is_refused(world: World) -> None:
    body, key = conference(), str(new_id())
    first = await world.post("/trade-events", body, TRADE, key)
    other = await world.post("/trade-events", conference(), TRADE, key)
    result = f"/trade-events/{first.json()['id']}/result"
    elsewhere = await world.post(result, {"sales": 0, "summary": "x"}, TRADE, key)
    for answer in (other, elsewhere):
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_two_people_may_use_the_same_key(world: World) -> None:
    body, key = conference(), str(new_id())
    for actor in (TRADE, person(Role.TRADE_OFFICER)):
        assert "idempotent-replay" not in (await world.post("/trade-events", body, actor, key)).headers
    assert await effects(world, body["name"]) == 2


async def test_while_the_first_is_in_flight_a_twin_is_told_to_wait(world: World) -> None:
    key = str(new_id())
    body = conference()
    connection = await asyncpg.connect(world.admin_url)
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{TRADE.person_id} {key}"
            )
            answer = await world.post("/trade-events", body, TRADE, key)
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/request-in-flight")
            assert answer.headers["retry-after"] == "1"
    finally:
        await connection.close()
    assert (await world.post("/trade-events", body, TRADE, key)).status_code == 201


async def test_a_request_that_fails_leaves_no_key_behind(world: World) -> None:
    key = str(new_id())
    refused = conference() | {"ends_on": "2023-12-31"}
    assert (await world.post("/trade-events", refused, TRADE, key)).status_code == 422
    assert await stored_keys(world, key) == 0
    assert (await world.post("/trade-events", conference(), TRADE, key)).status_code == 201
    assert await stored_keys(world, key) == 1


async def test_two_hundred_keys_ten_times_in_parallel_have_two_hundred_effects(world: World) -> None:
    body = conference()
    signed_in = headers_for(TRADE)
    answered: dict[str, set[str]] = {}
    limit = asyncio.Semaphore(10)

    async def once(key: str) -> None:
        headers = signed_in | {"Idempotency-Key": key}
        async with limit:
            answer = await world.client.post(f"{V1}/trade-events", json=body, headers=headers)
        if answer.status_code == 201:
            answered.setdefault(key, set()).add(answer.json()["id"])
        else:
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/request-in-flight"), answer.text

    keys = [str(new_id()) for _ in range(200)]
    await asyncio.gather(*(once(key) for key in keys for _ in range(10)))
    assert len(answered) == 200
    assert {len(ids) for ids in answered.values()} == {1}
    assert await effects(world, body["name"]) == 200


async def test_a_twin_that_looked_just_before_the_commit_is_told_to_wait_not_that_it_collides(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin's look is held between its snapshot and its lock while the first request commits."""
    draft, key = outlet_draft(), str(new_id())
    slow = text(str(idempotency._LOOK).replace("(SELECT 1)", "(SELECT pg_sleep(0.5))"))
    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "_LOOK", slow)
        twin = asyncio.create_task(world.post("/outlets", draft, TRADE, key))
        await asyncio.sleep(0.2)
    first = await world.post("/outlets", draft, TRADE, key)
    second = await twin
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["type"] == "/problems/request-in-flight"
    again = await world.post("/outlets", draft, TRADE, key)
    assert (again.status_code, again.content) == (201, first.content)


async def test_a_collision_with_another_request_is_still_called_by_its_name(world: World) -> None:
    draft = outlet_draft()
    await world.post("/outlets", draft, TRADE)
    answer = await world.post("/outlets", draft, TRADE)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-recorded")
