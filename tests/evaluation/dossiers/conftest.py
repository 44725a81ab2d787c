"""Tests of the producer's work share a world per module: each makes products, and so dossiers, of its own."""

import pytest
from tests.evaluation.worlds import World


@pytest.fixture
async def world(shared_world: World) -> World:
    """The module's world with its clock at 20 April 2023, under Decision 148."""
    await shared_world.move_clock("2023-04-20")
    return shared_world
