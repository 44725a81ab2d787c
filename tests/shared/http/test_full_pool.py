"""When every connection is in use, the caller is told to come back, and the next one is served."""

from contextlib import AsyncExitStack

import pytest
from tests.commerce.world import TRADE, World, outlet_draft


async def test_a_request_that_gets_no_connection_in_time_is_told_to_retry(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = world.database.engine.sync_engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.05)
    draft = outlet_draft()
    async with AsyncExitStack() as taken:
        for _ in range(2 * pool.size()):  # type: ignore[attr-defined]  # a queue pool; as much again may overflow
            await taken.enter_async_context(world.database.engine.connect())
        answer = await world.post("/outlets", draft, TRADE)
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.json()["type"] == "/problems/unavailable"
    assert (await world.post("/outlets", draft, TRADE)).status_code == 201
