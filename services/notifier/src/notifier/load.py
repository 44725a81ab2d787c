"""Load the reference data that ships with notifier. Safe to run twice; there is no demonstration data of its own."""

import asyncio

from notifier.persistence.unit_of_work import NotifierUow
from notifier.settings import Settings
from notifier.use_cases.keep_reference_data import keep_reference_data
from shared.db.engine import Database


def run(demonstration: bool) -> None:
    """Load reference data; with `demonstration`, invented people and products too (never in production)."""
    settings = Settings()  # from the environment
    if demonstration and not settings.development:
        raise RuntimeError("the demonstration is not loaded into a production system")
    asyncio.run(_load(settings, demonstration))


async def _load(settings: Settings, demonstration: bool) -> None:
    database = Database(settings.database_url.get_secret_value(), name="notifier-load")
    try:
        async with NotifierUow.open(database) as uow:
            await load(uow, demonstration)
    finally:
        await database.stop()


async def load(uow: NotifierUow, demonstration: bool) -> None:
    """Everything in one transaction. The demonstration comes from the others, by events; its simulated providers have
    approved the shipped words."""
    await keep_reference_data(uow)
    if demonstration:
        await uow.templates.approve_shipped(await uow.now())
