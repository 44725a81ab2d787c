"""The migrations make exactly the tables that the code has, and can be undone."""

from alembic import command

from evaluation.persistence.tables import Base
from shared.db.migrations import alembic_config
from shared.testing.plugin import TestDatabase


def test_migrations_match_the_tables_and_run_down_and_up(admin_url: str, database: TestDatabase) -> None:
    assert Base.metadata.tables
    config = alembic_config("evaluation", admin_url, database.name)
    command.check(config)
    command.downgrade(config, "0001")
    command.upgrade(config, "head")
    command.check(config)
