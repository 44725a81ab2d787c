"""Bases for a service's ORM tables, and the tables of shared infrastructure for `alembic check`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Integer, MetaData, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from shared.ids import new_id

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}

INFRASTRUCTURE = frozenset(
    {"outbox_events", "outbox_deliveries", "inbox", "idempotency_keys", "failed_tasks", "audit_entries"}
)
"""Tables made by sql/infrastructure_*.sql; `alembic check` leaves them alone."""

TYPES: dict[Any, Any] = {
    str: Text(),
    datetime: DateTime(timezone=True),
    date: Date(),
    UUID: Uuid(),
    dict[str, Any]: JSONB(),
    list[Any]: JSONB(),
    int: Integer(),
}


def new_metadata() -> MetaData:
    """Metadata with the constraint names that all services use."""
    return MetaData(naming_convention=NAMING)


class Identified:
    """A row with its own UUIDv7 and the instant it was written."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Versioned(Identified):
    """A row that people edit: `version` grows with each change and is its ETag."""

    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Make SQLAlchemy check and raise `version` on every update."""
        return {"version_id_col": cls.__table__.c.version, "eager_defaults": True}  # type: ignore[attr-defined]  # set by the mapper


__all__ = ["INFRASTRUCTURE", "TYPES", "DeclarativeBase", "Identified", "Versioned", "new_metadata"]
