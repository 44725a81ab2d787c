"""The commerce application, the smallest real one that has a public list, a once-only POST and an edit."""

from collections.abc import AsyncIterator

import pytest
from tests.commerce.world import World, commerce_world


@pytest.fixture(scope="module")
async def shared_world(admin_url: str) -> AsyncIterator[World]:
    async with commerce_world(admin_url) as world:
        yield world


@pytest.fixture
def world(shared_world: World) -> World:
    return shared_world
