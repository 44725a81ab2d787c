"""A registry that is slow or down stops nothing but the opening of outlets."""

import httpx
from tests.commerce.world import TRADE, World, commerce_world, outlet_draft, registry_units


async def test_without_registry_opening_says_try_later_and_everything_else_works(admin_url: str) -> None:
    def down(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    async with commerce_world(admin_url, httpx.MockTransport(down)) as world:
        answer = await world.post("/outlets", outlet_draft(), TRADE)
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
        assert answer.headers["retry-after"]
        assert "registry" in answer.json()["detail"]
        assert (await world.get("/outlets")).status_code == 200
        assert (await world.get("/trade-events", TRADE)).status_code == 200


async def test_while_registry_is_asked_no_connection_to_the_database_is_held(admin_url: str) -> None:
    held: list[int] = []
    worlds: list[World] = []

    def watch(request: httpx.Request) -> httpx.Response:
        pool = worlds[0].database.engine.pool
        held.append(pool.checkedout())
        return registry_units(request)

    async with commerce_world(admin_url, httpx.MockTransport(watch)) as world:
        worlds.append(world)
        assert (await world.post("/outlets", outlet_draft(), TRADE)).status_code == 201
    assert held == [0]
