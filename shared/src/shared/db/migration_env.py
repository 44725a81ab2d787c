"""What every service's `migrations/env.py` does: run as the schema's owner, alone, and never wait long for a lock."""

import asyncio
from pathlib import Path
from typing import Any

from alembic import context, op
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.db.tables import INFRASTRUCTURE

SQL = Path(__file__).parent / "sql"


def create_infrastructure() -> None:
    """First migration of every service: outbox, inbox, idempotency keys, failed tasks, audit entries."""
    for statement in (SQL / "infrastructure_0001.sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(f"REVOKE UPDATE, DELETE ON audit_entries FROM {context.config.attributes['service']}")


def drop_infrastructure() -> None:
    """Undo `create_infrastructure`."""
    for table in ("outbox_deliveries", "outbox_events", "inbox", "idempotency_keys", "failed_tasks", "audit_entries"):
        op.execute(f"DROP TABLE {table}")


def run(metadata: MetaData) -> None:
    """Run the migrations that Alembic's configuration asks for."""
    asyncio.run(_run(metadata))


async def _run(metadata: MetaData) -> None:
    url = context.config.attributes["url"].replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate, metadata)
            await connection.commit()
    finally:
        await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    service = context.config.attributes["service"]
    lock = text("SELECT pg_advisory_lock(hashtextextended('migrate ' || :service, 0))")
    connection.execute(lock, {"service": service})
    for statement in (
        f"SET ROLE {service}_owner",
        f"SET search_path = {service}, public",
        "SET lock_timeout = '2s'",
    ):
        connection.execute(text(statement))
    connection.commit()
    connection.dialect.default_schema_name = service
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=service,
        include_name=_include_name,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _include_name(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and name in INFRASTRUCTURE | {"alembic_version", "programme_clock"})
