"""Commerce's migrations go up, down and up again, and match the ORM."""

import asyncio

from alembic import command

from shared.db.migrations import alembic_config
from shared.testing.plugin import TestDatabase


async def test_migrations_match_the_orm_and_go_down_and_up(admin_url: str, database: TestDatabase) -> None:
    config = alembic_config("commerce", admin_url, database.name)
    await asyncio.to_thread(command.check, config)
    await asyncio.to_thread(command.downgrade, config, "0001")
    await asyncio.to_thread(command.upgrade, config, "head")
    await asyncio.to_thread(command.check, config)
