"""What notifier asks of registry, answered by the real registry with its shipped units."""

from datetime import date

import httpx
import pytest

from notifier.integrations.units import UnitDirectory
from registry.main import create_app
from registry.persistence.unit_of_work import RegistryUow
from registry.settings import Settings
from registry.use_cases.load_units import load_units
from shared.clients.base import ServiceClient
from shared.contracts.roles import Level
from shared.testing.apps import running
from shared.testing.people import test_verifier
from shared.testing.plugin import TestDatabase


@pytest.mark.parametrize(
    ("level", "on", "within", "units"),
    [
        (Level.DISTRICT, "2023-07-31", "49", 18),
        (Level.COMMUNE, "2023-07-31", "49", 241),
        (Level.DISTRICT, "2025-07-01", None, 0),
        (Level.PROVINCE, "2023-07-31", "49", 1),
    ],
)
async def test_the_units_of_a_level_are_those_of_the_day(
    database: TestDatabase, level: Level, on: str, within: str | None, units: int
) -> None:
    registry = create_app(
        Settings(database_url=database.urls["registry"], environment="development"), verifier=test_verifier()
    )
    async with running(registry):
        async with RegistryUow.open(registry.state.database) as uow:
            await load_units(uow)
        directory = UnitDirectory(ServiceClient("registry", "http://registry", httpx.ASGITransport(registry)))
        found = await directory.units(level, date.fromisoformat(on), within)
        await directory.close()
    assert (len(found), {one.level for one in found}) == (units, {level} if units else set())
    assert len({one.code for one in found}) == units
