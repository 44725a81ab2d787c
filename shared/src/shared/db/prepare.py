"""Prepare a database for the four services: extensions, functions, one schema and one role per service.

A service's role (`registry`, …) may use its own schema only; the schema belongs to `<service>_owner`, which nobody
signs in as: migrations take it on with SET ROLE. Safe to run again.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

SERVICES = ("registry", "evaluation", "commerce", "notifier")
SQL = Path(__file__).parent / "sql"


def database_url(admin_url: str, database: str, user: str | None = None, password: str | None = None) -> str:
    """`admin_url` with another database and, when given, another user."""
    parts = urlsplit(admin_url)
    netloc = parts.netloc
    if user is not None:
        netloc = f"{user}:{quote(password or '', safe='')}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))


def service_urls(admin_url: str, passwords: Mapping[str, str], database: str = "ocop") -> dict[str, str]:
    """The URL with which each service signs in to its own schema."""
    return {service: database_url(admin_url, database, service, passwords[service]) for service in SERVICES}


def prepare_database(
    admin_url: str, passwords: Mapping[str, str], *, movable_clock: bool, database: str = "ocop"
) -> dict[str, str]:
    """Create what is missing and return `service_urls`.

    `movable_clock` makes `programme_now()` add an offset that development tools may move; without it the function is
    `now()`, and services in production refuse a database where it is not.
    """
    asyncio.run(_prepare(admin_url, passwords, movable_clock, database))
    return service_urls(admin_url, passwords, database)


async def _prepare(admin_url: str, passwords: Mapping[str, str], movable_clock: bool, database: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        # Roles belong to the whole server: two at once would fail with "tuple concurrently updated".
        await admin.execute("SELECT pg_advisory_lock(hashtextextended('prepare ocop', 0))")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f'CREATE DATABASE "{database}" TEMPLATE template0')
        await admin.execute(f'REVOKE CONNECT ON DATABASE "{database}" FROM PUBLIC')
        for service in SERVICES:
            await _create_roles(admin, service, passwords[service], database)
        await _fill(database_url(admin_url, database), movable_clock)
    finally:
        await admin.close()


async def _fill(url: str, movable_clock: bool) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute((SQL / "database.sql").read_text())
        await connection.execute((SQL / ("clock_movable.sql" if movable_clock else "clock_real.sql")).read_text())
        for service in SERVICES:
            await _create_schema(connection, service)
    finally:
        await connection.close()


async def _create_roles(
    admin: "asyncpg.Connection[asyncpg.Record]", service: str, password: str, database: str
) -> None:
    known = {row["rolname"] for row in await admin.fetch("SELECT rolname FROM pg_roles")}
    if f"{service}_owner" not in known:
        await admin.execute(f"CREATE ROLE {service}_owner NOLOGIN")
    verb = "ALTER" if service in known else "CREATE"
    secret = password.replace("'", "''")
    await admin.execute(f"{verb} ROLE {service} LOGIN PASSWORD '{secret}'")
    for setting, value in {
        "search_path": f"{service}, public",
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
        "timezone": "UTC",
    }.items():
        shown = value if setting == "search_path" else f"'{value}'"
        await admin.execute(f"ALTER ROLE {service} SET {setting} = {shown}")
    await admin.execute(f"GRANT {service}_owner TO CURRENT_USER")
    await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO {service}')


async def _create_schema(connection: "asyncpg.Connection[asyncpg.Record]", service: str) -> None:
    await connection.execute(
        f"""
        CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {service}_owner;
        GRANT USAGE ON SCHEMA {service} TO {service};
        ALTER DEFAULT PRIVILEGES FOR ROLE {service}_owner IN SCHEMA {service}
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {service};
        ALTER DEFAULT PRIVILEGES FOR ROLE {service}_owner IN SCHEMA {service}
            GRANT USAGE, SELECT ON SEQUENCES TO {service};
        GRANT USAGE ON SCHEMA public TO {service}, {service}_owner;
        """
    )
