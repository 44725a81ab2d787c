"""Alembic's entry point for the commerce schema."""

from commerce.persistence.tables import Base
from shared.db.migration_env import run

run(Base.metadata)
