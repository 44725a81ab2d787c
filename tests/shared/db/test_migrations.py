"""Every service's migrations go up, down to nothing and up again, and match its tables."""

import asyncio
import sys

import asyncpg
import pytest
from alembic import command

from shared.db.migrations import alembic_config, upgrade
from shared.db.prepare import SERVICES, database_url
from shared.db.revisions import current_revision, head
from shared.testing.workers import eventually


async def objects_in(url: str, schema: str) -> list[str]:
    """Names of the tables, sequences, types and functions in a schema."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            """
            SELECT relname::text AS name FROM pg_class WHERE relnamespace = $1::regnamespace
            UNION SELECT typname::text FROM pg_type WHERE typnamespace = $1::regnamespace
            UNION SELECT proname::text FROM pg_proc WHERE pronamespace = $1::regnamespace
            """,
            schema,
        )
    finally:
        await connection.close()
    return sorted(row["name"] for row in rows if not row["name"].lstrip("_").startswith("alembic_version"))


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_go_up_down_to_nothing_and_up_again(admin_url: str, prepared: str, service: str) -> None:
    config, url = alembic_config(service, admin_url, prepared), database_url(admin_url, prepared)
    await asyncio.to_thread(upgrade, service, admin_url, prepared)
    first = await objects_in(url, service)
    assert "outbox_events" in first
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await objects_in(url, service) == []
    await asyncio.to_thread(upgrade, service, admin_url, prepared)
    assert await objects_in(url, service) == first
    assert await current_revision(service, url) == head(service)


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_make_exactly_the_tables_of_the_code(admin_url: str, prepared: str, service: str) -> None:
    await asyncio.to_thread(upgrade, service, admin_url, prepared)
    await asyncio.to_thread(command.check, alembic_config(service, admin_url, prepared))


@pytest.mark.parametrize("service", SERVICES)
async def test_everything_belongs_to_the_owner_that_nobody_signs_in_as(
    admin_url: str, prepared: str, service: str
) -> None:
    await asyncio.to_thread(upgrade, service, admin_url, prepared)
    connection = await asyncpg.connect(database_url(admin_url, prepared))
    try:
        owners = await connection.fetch(
            "SELECT DISTINCT pg_get_userbyid(relowner) AS name FROM pg_class WHERE relnamespace = $1::regnamespace",
            service,
        )
        can_sign_in = await connection.fetchval(
            "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", f"{service}_owner"
        )
    finally:
        await connection.close()
    assert [row["name"] for row in owners] == [f"{service}_owner"]
    assert can_sign_in is False


async def test_two_runners_at_once_both_succeed(admin_url: str, prepared: str) -> None:
    await asyncio.to_thread(command.downgrade, alembic_config("registry", admin_url, prepared), "base")
    url = database_url(admin_url, prepared)
    connection = await asyncpg.connect(url)
    try:
        # Both come while a third is at work, so that they certainly meet.
        await connection.execute("SELECT pg_advisory_lock(hashtextextended('migrate registry', 0))")
        command_line = (sys.executable, "-m", "shared.db.migrations", "registry", admin_url, "head", prepared)
        process = await asyncio.create_subprocess_exec(*command_line)
        thread = asyncio.create_task(asyncio.to_thread(upgrade, "registry", admin_url, prepared))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        await eventually(lambda: connection.fetchval(waiting), 2, seconds=60)
        assert await current_revision("registry", url) is None
    finally:
        await connection.close()
    await thread
    assert await process.wait() == 0
    assert await current_revision("registry", url) == head("registry")


async def test_a_migration_gives_up_soon_on_a_lock_that_others_hold(admin_url: str, prepared: str) -> None:
    """A migration that waits long for a table blocks everyone who comes after it."""
    await asyncio.to_thread(upgrade, "commerce", admin_url, prepared)
    connection = await asyncpg.connect(database_url(admin_url, prepared))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE commerce.outbox_events IN ACCESS SHARE MODE")
            down = asyncio.to_thread(command.downgrade, alembic_config("commerce", admin_url, prepared), "base")
            with pytest.raises(Exception, match="lock timeout"):
                await asyncio.wait_for(down, 20)
    finally:
        await connection.close()
    assert await current_revision("commerce", database_url(admin_url, prepared)) == head("commerce")
