"""Alembic's entry point for the evaluation schema."""

from evaluation.persistence.tables import Base
from shared.db.migration_env import run

run(Base.metadata)
