"""Alembic's entry point for the registry schema."""

from registry.persistence.tables import Base
from shared.db.migration_env import run

run(Base.metadata)
