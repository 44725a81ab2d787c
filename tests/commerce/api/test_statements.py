"""Reads cost one statement, lists too, however many rows they show."""

from typing import Any

import pytest
from tests.commerce.world import PROVINCE, TRADE, World, figures_draft, outlet_draft, producer_of

from shared.testing.statements import counted_statements


@pytest.fixture
async def paths(world: World) -> dict[str, str]:
    """One of each thing that can be read, with neighbours for the lists."""
    product = await world.product()
    outlet: dict[str, Any] = {}
    for _ in range(3):
        outlet = (await world.post("/outlets", outlet_draft(), TRADE)).json()
        await world.post(f"/outlets/{outlet['id']}/stock", {"product_id": str(product.product_id)}, TRADE)
    draft = {
        "kind": "conference",
        "name": "Hội nghị",
        "place": "Hội An",
        "starts_on": "2024-11-01",
        "ends_on": "2024-11-01",
    }
    event = (await world.post("/trade-events", draft, TRADE)).json()
    await world.post(f"/trade-events/{event['id']}/participations", {"product_id": str(product.product_id)}, TRADE)
    figures = await world.post("/figures", figures_draft(product.product_id), producer_of(product))
    return {
        "outlets": "/outlets",
        "outlet": f"/outlets/{outlet['id']}",
        "events": "/trade-events",
        "event": f"/trade-events/{event['id']}",
        "figures": "/figures",
        "one report": f"/figures/{figures.json()['id']}",
        "growth": f"/products/{product.product_id}/growth",
    }


async def test_every_read_is_one_statement(world: World, paths: dict[str, str]) -> None:
    for name, path in paths.items():
        await world.get(path, PROVINCE)  # connections and types are known from now on
        with counted_statements() as statements:
            answer = await world.get(path, PROVINCE)
        assert answer.status_code == 200
        assert len(statements) == 1, (name, statements)
