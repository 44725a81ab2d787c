"""The migrations of registry go up, down and up again, and match the ORM."""

import asyncio

from alembic import command

from shared.db.migrations import alembic_config
from shared.testing.plugin import TestDatabase


async def test_migrations_go_down_and_up_and_match_the_orm(database: TestDatabase) -> None:
    config = alembic_config("registry", database.admin_url, database.name)
    await asyncio.to_thread(command.downgrade, config, "0001")
    await asyncio.to_thread(command.upgrade, config, "head")
    await asyncio.to_thread(command.check, config)
