"""The database as production gets it: who may connect, whose clock counts, and that preparing it twice is safe."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from shared.db.engine import Database
from shared.db.prepare import database_url, prepare_database, service_urls
from shared.testing.plugin import PASSWORDS, TestDatabase


async def test_preparing_twice_at_once_and_again_is_safe(admin_url: str) -> None:
    name = f"p_{uuid4().hex[:12]}"
    make = [asyncio.to_thread(prepare_database, admin_url, PASSWORDS, movable_clock=True, database=name)] * 1
    other = asyncio.to_thread(prepare_database, admin_url, PASSWORDS, movable_clock=True, database=name)
    try:
        first, second = await asyncio.gather(*make, other)
        assert first == second == service_urls(admin_url, PASSWORDS, name)
        await _clock_can_be_put_right(admin_url, name)
    finally:
        admin = await asyncpg.connect(admin_url)
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


async def _clock_can_be_put_right(admin_url: str, name: str) -> None:
    connection = await asyncpg.connect(database_url(admin_url, name))
    await connection.execute("UPDATE programme_clock SET ahead = '1 year'")
    assert await connection.fetchval("SELECT programme_now() > now() + interval '300 days'")
    await connection.close()
    await asyncio.to_thread(prepare_database, admin_url, PASSWORDS, movable_clock=False, database=name)
    connection = await asyncpg.connect(database_url(admin_url, name))
    assert await connection.fetchval("SELECT programme_now() = now()")
    await connection.close()


async def test_strangers_cannot_even_connect(admin_url: str, prepared: str) -> None:
    stranger = f"stranger_{prepared}"
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f"CREATE ROLE {stranger} LOGIN PASSWORD 'x'")
    try:
        url = service_urls(admin_url, PASSWORDS, prepared)["registry"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(url.replace("registry:for-tests-only", f"{stranger}:x"))
    finally:
        await admin.execute(f"DROP ROLE {stranger}")
        await admin.close()


async def test_production_refuses_a_database_whose_clock_can_be_moved(database: TestDatabase) -> None:
    opened = Database(database.urls["commerce"], name="test")
    try:
        with pytest.raises(RuntimeError, match="movable"):
            await opened.refuse_movable_clock()
    finally:
        await opened.stop()


async def test_production_refuses_a_clock_of_anyone_elses_making(admin_url: str, prepared: str) -> None:
    opened = Database(service_urls(admin_url, PASSWORDS, prepared)["commerce"], name="test")
    connection = await asyncpg.connect(database_url(admin_url, prepared))
    replace = "CREATE OR REPLACE FUNCTION public.programme_now() RETURNS timestamptz LANGUAGE sql STABLE AS "
    try:
        await opened.refuse_movable_clock()
        await connection.execute(f"{replace} $$ SELECT now() + interval '1 day' $$")
        with pytest.raises(RuntimeError, match="movable"):
            await opened.refuse_movable_clock()
        await connection.execute(f"{replace} $$ SELECT now() $$")
        await opened.refuse_movable_clock()
    finally:
        await connection.close()
        await opened.stop()


async def test_the_date_in_vietnam_is_the_same_in_sql_and_in_python(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.urls["registry"])
    dates = await connection.fetchrow(
        "SELECT legal_date('2023-07-31 16:59:59.999999+00'), legal_date('2023-07-31 17:00:00+00')"
    )
    await connection.close()
    assert [str(day) for day in dates] == ["2023-07-31", "2023-08-01"]
