"""Prepare the database before the services start: roles, schemas, migrations, reference data. Safe to run again.

`python -m deploy.prepare` with DATABASE_URL (an administrator's) and the services' own URLs in the environment.
"""

import importlib
import os
import sys
from urllib.parse import unquote, urlsplit

from shared.db.migrations import upgrade
from shared.db.prepare import SERVICES, prepare_database


def main() -> None:
    """Prepare, migrate and load; the demonstration only in development."""
    admin = os.environ["DATABASE_URL"]
    development = os.environ.get("OCOP_ENVIRONMENT", "production") == "development"
    passwords = {
        service: unquote(urlsplit(os.environ[f"{service.upper()}_DATABASE_URL"]).password or "") for service in SERVICES
    }
    prepare_database(admin, passwords, movable_clock=development)
    for service in SERVICES:
        upgrade(service, admin)
        sys.stdout.write(f"{service}: schema is at its newest revision\n")
    for service in SERVICES:
        importlib.import_module(f"{service}.load").run(demonstration=development)
        sys.stdout.write(f"{service}: reference data loaded\n")


if __name__ == "__main__":
    main()
