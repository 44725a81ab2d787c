"""What notifier asks of registry, answered by the real registry with its shipped units."""

from collections.abc import AsyncIterator
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


@pytest.fixture
async def directory(database: TestDatabase) -> AsyncIterator[UnitDirectory]:
    """Notifier's directory over the real registry."""
    registry = create_app(
        Settings(database_url=database.urls["registry"], environment="development"), verifier=test_verifier()
    )
    async with running(registry):
        async with RegistryUow.open(registry.state.database) as uow:
            await load_units(uow)
        made = UnitDirectory(ServiceClient("registry", "http://registry", httpx.ASGITransport(registry)))
        yield made
        await made.close()


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
    directory: UnitDirectory, level: Level, on: str, within: str | None, units: int
) -> None:
    found = await directory.units(level, date.fromisoformat(on), within)
    assert (len(found), {one.level for one in found}) == (units, {level} if units else set())
    assert len({one.code for one in found}) == units


@pytest.mark.parametrize(
    ("code", "today", "became"),
    [
        ("20338", "2024-06-01", ("20338", "502", "49")),
        ("20338", "2025-03-01", ("20347", "502", "49")),
        ("20338", "2026-02-01", ("20341", None, "48")),
        ("20341", "2026-02-01", ("20341", None, "48")),
        ("20672", "2025-03-01", ("20671", "509", "49")),
        ("29999", "2026-02-01", None),
    ],
)
async def test_a_commune_is_followed_through_every_merger_to_what_it_is_today(
    directory: UnitDirectory, code: str, today: str, became: tuple[str, str | None, str] | None
) -> None:
    found = await directory.became(code, date(2023, 7, 20), date.fromisoformat(today))
    assert (found and (found.code, found.district_code, found.province_code)) == became
