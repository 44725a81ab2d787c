"""What commerce asks of registry, answered by the real registry with its shipped units."""

import httpx
import pytest
from tests.commerce.world import TRADE, commerce_world, outlet_draft

from registry.main import create_app
from registry.persistence.unit_of_work import RegistryUow
from registry.settings import Settings
from registry.use_cases.load_units import load_units
from shared.contracts.roles import Role
from shared.testing.apps import running
from shared.testing.people import person, test_verifier
from shared.testing.plugin import TestDatabase


@pytest.mark.parametrize(
    ("opened_on", "province", "name", "unit", "status"),
    [
        ("2023-11-15", "49", "Phường Tân Thạnh", "502", 201),
        ("2025-06-30", "49", "Phường Tân Thạnh", "502", 201),
        ("2025-07-01", "48", "Phường Bàn Thạch", "20335", 201),
        ("2023-11-15", "48", "Phường Tân Thạnh", "502", 403),
    ],
)
async def test_the_duty_unit_of_an_outlet_is_that_of_its_opening_day(
    admin_url: str, database: TestDatabase, opened_on: str, province: str, name: str, unit: str, status: int
) -> None:
    settings = Settings(database_url=database.urls["registry"], environment="development")
    registry = create_app(settings, verifier=test_verifier())
    async with running(registry), commerce_world(admin_url, httpx.ASGITransport(registry)) as world:
        async with RegistryUow.open(registry.state.database) as uow:
            await load_units(uow)
        await world.clock("2026-06-01T12:00:00+07:00")
        officer = person(Role.TRADE_OFFICER, province)
        answer = await world.post("/outlets", outlet_draft(opened_on=opened_on), officer)
        assert answer.status_code == status, answer.text
        if status == 201:
            assert (answer.json()["commune_name"], answer.json()["unit_code"]) == (name, unit)
        unknown = await world.post("/outlets", outlet_draft(commune_code="99999", opened_on=opened_on), TRADE)
        assert unknown.status_code == 422
