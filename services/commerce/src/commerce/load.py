"""Load the reference data that ships with commerce, and the demonstration. Safe to run twice."""

import asyncio

import structlog

from commerce.domain.growth_rules import growth_rules
from commerce.persistence.unit_of_work import CommerceUow
from commerce.settings import Settings
from shared.db.engine import Database

log = structlog.get_logger(__name__)


def run(demonstration: bool) -> None:
    """Load reference data; with `demonstration`, invented people and products too (never in production)."""
    settings = Settings()  # from the environment
    if demonstration and not settings.development:
        raise RuntimeError("the demonstration is not loaded into a production system")
    asyncio.run(_load(settings, demonstration))


async def _load(settings: Settings, demonstration: bool) -> None:
    database = Database(settings.database_url.get_secret_value(), name="commerce-load")
    try:
        async with CommerceUow.open(database) as uow:
            await load(uow, demonstration)
    finally:
        await database.stop()


async def load(uow: CommerceUow, demonstration: bool) -> None:
    """Check the shipped rules against their format. Commerce has no reference rows, nor demonstration rows of its own.

    What the demonstration shows of commerce comes in through the API and registry's events. Raises ValueError when a
    shipped document is broken.
    """
    rules = growth_rules()
    log.info("commerce_loaded", growth_rules=len(rules), demonstration=demonstration, today=str(await uow.today()))
