"""Which migration a service has and needs, without loading Alembic.

Revisions are numbered files, `migrations/versions/NNNN_slug.py` whose revision id is NNNN: the highest is the head.
"""

import importlib.util
import os
from pathlib import Path

import asyncpg


def migrations_folder(service: str) -> Path:
    """The service's migrations: below OCOP_MIGRATIONS where that is set (the image), else beside its `src`."""
    if installed := os.environ.get("OCOP_MIGRATIONS"):
        return Path(installed) / service
    spec = importlib.util.find_spec(service)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"service {service} is not installed")
    return Path(spec.submodule_search_locations[0]).parents[1] / "migrations"


def head(service: str) -> str:
    """The newest revision in the service's folder."""
    numbers = [path.name[:4] for path in (migrations_folder(service) / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")]
    if not numbers:
        raise LookupError(f"service {service} has no migrations")
    return max(numbers)


async def current_revision(service: str, url: str) -> str | None:
    """The revision the database at `url` is at, or None before the first."""
    connection = await asyncpg.connect(url)
    try:
        revision: str | None = await connection.fetchval(f"SELECT version_num FROM {service}.alembic_version")  # noqa: S608  # service is one of four constants
        return revision
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
