"""The stage of the rounds' tests serves here too: dossiers that wait, councils, people in offices."""

from typing import Any

import pytest
from tests.evaluation.rounds.conftest import Stage

from shared.contracts.roles import Level, Role
from shared.testing.people import person


@pytest.fixture
async def stage(shared_world: Any) -> Stage:
    """A stage in the module's world, its clock at 8 June 2026, under 26/2026."""
    await shared_world.move_clock("2026-06-08")
    return Stage(shared_world)


@pytest.fixture
def commune(stage: Stage) -> Any:
    """The officer of the commune from which the stage's dossiers come."""
    return person(Role.COMMUNE_OFFICER, "20662", Level.COMMUNE, name="Cán bộ xã (thử)")


@pytest.fixture
def province(stage: Stage) -> Any:
    """The secretary of their province."""
    return person(Role.PROVINCE_SECRETARY, "49", name="Thư ký tỉnh (thử)")


async def waiting(stage: Any, level: str = "commune", state: str = "filed", **changes: Any) -> Any:
    """A dossier under 26/2026 that waits at a level."""
    return await stage.dossier("QD26-01", level=level, state=state, **changes)
