"""pytest plugin: one embedded Postgres and Valkey per run, a migrated template, a fresh database for each test.

Set TEST_DATABASE_URL (an administrator's) and TEST_REDIS_URL to use servers of your own.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import structlog

from shared.db.engine import Database
from shared.db.migrations import upgrade
from shared.db.prepare import SERVICES, database_url, prepare_database, service_urls
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.valkey import EmbeddedValkey

TEMPLATE = "ocop_template"
PASSWORDS = dict.fromkeys(SERVICES, "for-tests-only")


class Servers:
    """The embedded servers of a test run, started by the controlling process and shared by its workers."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ocop-tests-"))
        self.folder.chmod(0o755)
        self.postgres = EmbeddedPostgres(self.folder / "postgres", durable=False)
        self.valkey = EmbeddedValkey(self.folder / "valkey", durable=False)

    def start(self) -> None:
        """Start both, and prepare the template that every test's database is a copy of."""
        if "TEST_DATABASE_URL" not in os.environ:
            os.environ["TEST_DATABASE_URL"] = self.postgres.start()
        if "TEST_REDIS_URL" not in os.environ:
            os.environ["TEST_REDIS_URL"] = self.valkey.start()
        admin = os.environ["TEST_DATABASE_URL"]
        prepare_database(admin, PASSWORDS, movable_clock=True, database=TEMPLATE)
        for service in SERVICES:
            upgrade(service, admin, TEMPLATE)

    def stop(self) -> None:
        """Stop both and remove their data."""
        self.postgres.stop()
        self.valkey.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


_servers: Servers | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once, in the controlling process."""
    # structlog's default shows a stack with every local value: slow, and unreadable.
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )
    global _servers  # noqa: PLW0603  # pytest's hooks share state this way
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        _servers = Servers()
        _servers.start()


def pytest_unconfigure() -> None:
    """Stop the servers."""
    if _servers is not None:
        _servers.stop()


@dataclass(frozen=True)
class TestDatabase:
    """A database of one test: an administrator's URL and one per service."""

    __test__ = False

    name: str
    admin_url: str
    urls: dict[str, str]


@pytest.fixture(scope="session")
def admin_url() -> str:
    """Administrator's URL of the run's Postgres."""
    return os.environ["TEST_DATABASE_URL"]


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The run's Redis; tests share it, so queues are named apart or emptied by whoever needs them empty."""
    return os.environ["TEST_REDIS_URL"]


@asynccontextmanager
async def fresh_database(admin_url: str) -> AsyncIterator[TestDatabase]:
    """A fresh copy of the migrated template, dropped afterwards; for fixtures that live longer than one test."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        yield TestDatabase(name, database_url(admin_url, name), service_urls(admin_url, PASSWORDS, name))
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


@pytest.fixture
async def database(admin_url: str) -> AsyncIterator[TestDatabase]:
    """A fresh copy of the migrated template, dropped afterwards. Commits are real."""
    async with fresh_database(admin_url) as fresh:
        yield fresh


@pytest.fixture
async def open_database(database: TestDatabase) -> AsyncIterator["OpenDatabases"]:
    """`open_database("registry")` gives that service's started Database."""
    opened = OpenDatabases(database)
    yield opened
    for started in opened.started.values():
        await started.stop()


class OpenDatabases:
    """Starts a service's Database when a test first asks for it."""

    def __init__(self, database: TestDatabase) -> None:
        self.database = database
        self.started: dict[str, Database] = {}

    async def __call__(self, service: str) -> Database:
        """The started Database of `service`."""
        if service not in self.started:
            self.started[service] = Database(self.database.urls[service], name=f"test-{service}", pool=5)
            await self.started[service].start()
        return self.started[service]
