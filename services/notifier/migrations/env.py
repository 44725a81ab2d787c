"""Alembic's entry point for the notifier schema."""

from notifier.persistence.tables import Base
from shared.db.migration_env import run

run(Base.metadata)
