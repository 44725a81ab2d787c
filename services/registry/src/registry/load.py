"""Load the reference data that ships with registry, and the demonstration. Safe to run twice."""

import asyncio

from registry.persistence.unit_of_work import RegistryUow
from registry.settings import Settings
from registry.use_cases.load_demonstration import load_demonstration
from registry.use_cases.load_people import load_people
from registry.use_cases.load_units import load_units
from shared.db.engine import Database


def run(demonstration: bool) -> None:
    """Load reference data; with `demonstration`, invented people and products too (never in production)."""
    settings = Settings()  # from the environment
    if demonstration and not settings.development:
        raise RuntimeError("the demonstration is not loaded into a production system")
    asyncio.run(_load(settings, demonstration))


async def _load(settings: Settings, demonstration: bool) -> None:
    database = Database(settings.database_url.get_secret_value(), name="registry-load")
    try:
        async with RegistryUow.open(database) as uow:
            await load(uow, demonstration)
    finally:
        await database.stop()


async def load(uow: RegistryUow, demonstration: bool) -> None:
    """Everything in one transaction."""
    await load_units(uow)
    if demonstration:
        await load_people(uow)
        await uow.flush()
        await load_demonstration(uow)
