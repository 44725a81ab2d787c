"""Schemas are walls: a service's database role reaches its own schema only, and rewrites no history."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.db.prepare import SERVICES
from shared.testing.plugin import TestDatabase

DENIED = asyncpg.InsufficientPrivilegeError
PAIRS = [(role, other) for role in SERVICES for other in SERVICES if role != other]


@pytest.fixture
async def admin(database: TestDatabase) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database.admin_url)
    yield connection
    await connection.close()


async def tables(admin: "asyncpg.Connection[asyncpg.Record]", schema: str) -> list[str]:
    rows = await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)
    return [row["tablename"] for row in rows]


async def test_each_role_is_refused_by_every_table_of_every_other_schema(
    database: TestDatabase, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    for role, other in PAIRS:
        connection = await asyncpg.connect(database.urls[role])
        try:
            for table in [*await tables(admin, other), "alembic_version"]:
                for statement in (
                    f"SELECT 1 FROM {other}.{table} LIMIT 1",
                    f"INSERT INTO {other}.{table} DEFAULT VALUES",
                    f"UPDATE {other}.{table} SET ctid = ctid",
                    f"DELETE FROM {other}.{table}",
                ):
                    with pytest.raises(DENIED):
                        await connection.execute(statement)
            for statement in (
                f"CREATE TABLE {other}.mine (n int)",
                f"CREATE FUNCTION {other}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                f"SET ROLE {other}",
                f"SET ROLE {other}_owner",
            ):
                with pytest.raises(DENIED):
                    await connection.execute(statement)
        finally:
            await connection.close()


@pytest.mark.parametrize("role", SERVICES)
async def test_a_role_changes_no_structure_not_even_its_own(database: TestDatabase, role: str) -> None:
    connection = await asyncpg.connect(database.urls[role])
    try:
        for statement in (
            "CREATE TABLE public.mine (n int)",
            "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE OR REPLACE FUNCTION public.programme_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
            f"CREATE TABLE {role}.mine (n int)",
            f"ALTER TABLE {role}.audit_entries DROP COLUMN actor",
            f"DROP TABLE {role}.audit_entries",
            f"SET ROLE {role}_owner",
            "SET ROLE postgres",
            "CREATE SCHEMA mine",
            "CREATE ROLE friend LOGIN",
            "CREATE EXTENSION hstore",
        ):
            with pytest.raises(DENIED):
                await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("role", SERVICES)
async def test_audit_entries_can_be_added_but_never_changed(database: TestDatabase, role: str) -> None:
    connection = await asyncpg.connect(database.urls[role])
    try:
        await connection.execute(
            "INSERT INTO audit_entries (actor, action, subject, subject_id) VALUES ('a', 'b', 'c', uuidv7())"
        )
        for statement in (
            "UPDATE audit_entries SET actor = 'someone else'",
            "DELETE FROM audit_entries",
            "TRUNCATE audit_entries",
            "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        ):
            with pytest.raises(DENIED) as refusal:
                await connection.execute(statement)
            assert refusal.value.sqlstate == "42501"
        assert await connection.fetchval("SELECT actor FROM audit_entries") == "a"
    finally:
        await connection.close()


@pytest.mark.parametrize("role", SERVICES)
async def test_a_role_waits_neither_long_for_a_statement_nor_for_a_lock(database: TestDatabase, role: str) -> None:
    connection = await asyncpg.connect(database.urls[role])
    try:
        shown = {
            name: await connection.fetchval(f"SHOW {name}")
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "timezone",
                "search_path",
            )
        }
    finally:
        await connection.close()
    assert shown == {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
        "timezone": "UTC",
        "search_path": f"{role}, public",
    }


async def test_only_registry_moves_the_clock_of_development(database: TestDatabase) -> None:
    for role in SERVICES:
        connection = await asyncpg.connect(database.urls[role])
        try:
            if role == "registry":
                await connection.execute("UPDATE public.programme_clock SET ahead = '40 days'")
            else:
                with pytest.raises(DENIED):
                    await connection.execute("UPDATE public.programme_clock SET ahead = '0'")
            assert await connection.fetchval("SELECT programme_now() - now() = '40 days'")
            with pytest.raises(DENIED):
                await connection.execute("DELETE FROM public.programme_clock")
        finally:
            await connection.close()
