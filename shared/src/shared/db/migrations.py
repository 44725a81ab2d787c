"""Run a service's numbered Alembic migrations, one runner at a time.

`python -m shared.db.migrations SERVICE ADMIN_URL [REVISION [DATABASE]]` from the command line.
"""

import asyncio
import sys

from alembic import command
from alembic.config import Config

from shared.db.prepare import database_url
from shared.db.revisions import current_revision, head, migrations_folder


def alembic_config(service: str, admin_url: str, database: str = "ocop") -> Config:
    """Alembic's configuration for one service on one database."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder(service)))
    config.attributes["service"] = service
    config.attributes["url"] = database_url(admin_url, database)
    return config


def upgrade(service: str, admin_url: str, database: str = "ocop") -> None:
    """Bring the service's schema to its newest revision; quick when it is there already."""
    if asyncio.run(current_revision(service, database_url(admin_url, database))) != head(service):
        command.upgrade(alembic_config(service, admin_url, database), "head")


def main() -> None:
    """Command line: migrate one service."""
    service, admin_url, *rest = sys.argv[1:]
    revision, database = (*rest, *("head", "ocop")[len(rest) :])
    command.upgrade(alembic_config(service, admin_url, database), revision)


if __name__ == "__main__":
    main()
