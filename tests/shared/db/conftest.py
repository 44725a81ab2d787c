"""A database that is prepared as in production: roles and schemas, the real clock, no table yet."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from shared.db.prepare import prepare_database
from shared.testing.plugin import PASSWORDS


@pytest.fixture(scope="session")
async def prepared(admin_url: str) -> AsyncIterator[str]:
    """Its name."""
    name = f"m_{uuid4().hex[:12]}"
    await asyncio.to_thread(prepare_database, admin_url, PASSWORDS, movable_clock=False, database=name)
    yield name
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()
