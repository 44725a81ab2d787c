"""One commerce service per test module."""

from collections.abc import AsyncIterator

import pytest
from tests.commerce.world import NOON, World, commerce_world


@pytest.fixture(scope="module")
async def shared_world(admin_url: str) -> AsyncIterator[World]:
    async with commerce_world(admin_url) as world:
        yield world


@pytest.fixture
async def world(shared_world: World) -> World:
    """The module's service, its clock put right."""
    await shared_world.clock(NOON)
    return shared_world
