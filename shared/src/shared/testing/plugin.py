"""pytest plugin: one embedded Postgres and Valkey per run, a migrated template, a fresh database for each test.

Set TEST_DATABASE_URL (an administrator's) and TEST_REDIS_URL to use servers of your own.
"""

import asyncio
import fcntl
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
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
from shared.embedded.processes import end_orphan
from shared.embedded.valkey import EmbeddedValkey

PASSWORDS = dict.fromkeys(SERVICES, "for-tests-only")
_PREFIX = "ocop-tests-"
MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108  # Linux's own: a folder of ours is made in it
MEMORY_NEEDED = 2 * 2**30
"""Bytes that must be free before the servers' data is kept in memory: far more than the tests' databases take."""

_SETTINGS = {
    "wal_level": "minimal",  # a database is copied without logging its pages
    "max_wal_senders": "0",
    "autovacuum": "off",  # databases live for seconds; nothing may change plans or hold a template meanwhile
    "scram_iterations": "1",  # each test signs in several times; these passwords guard nothing
}


class Servers:
    """The embedded servers of a test run, started by the controlling process and shared by its workers."""

    def __init__(self) -> None:
        remove_abandoned(MEMORY_FOLDER)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_roomy_memory()))
        self.folder.chmod(0o755)
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)  # held as long as we live
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.postgres = EmbeddedPostgres(self.folder / "postgres", durable=False, settings=_SETTINGS)
        self.valkey = EmbeddedValkey(self.folder / "valkey", durable=False)
        os.environ["OCOP_TEST_RUN"] = uuid.uuid4().hex[:8]
        if self.folder.parent == MEMORY_FOLDER:  # there the plain copy of files is quickest, on a disk the slowest
            os.environ["OCOP_TEST_COPY"] = "STRATEGY FILE_COPY"

    def start(self) -> None:
        """Start both, and prepare the template that every test's database is a copy of."""
        if "TEST_DATABASE_URL" not in os.environ:
            os.environ["TEST_DATABASE_URL"] = self.postgres.start()
        if "TEST_REDIS_URL" not in os.environ:
            os.environ["TEST_REDIS_URL"] = self.valkey.start()
        admin = os.environ["TEST_DATABASE_URL"]
        prepare_database(admin, PASSWORDS, movable_clock=True, database=template_name())
        for service in SERVICES:
            upgrade(service, admin, template_name())

    def stop(self) -> None:
        """Stop both and remove their data; from a server of somebody's, remove the templates of this run."""
        if not self.postgres.is_running():
            asyncio.run(_drop_templates(os.environ["TEST_DATABASE_URL"]))
        self.postgres.stop()
        self.valkey.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def remove_abandoned(parent: Path) -> None:
    """End the servers and remove the data of runs that were killed: in memory nothing else ever does."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder / "lock", os.O_RDWR)
        except OSError:
            continue  # another user's, or just being made
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            postgres, valkey = folder / "postgres" / "work", folder / "valkey" / "work"
            end_orphan(postgres / "postmaster.pid", postgres, signal.SIGQUIT, seconds=5)
            end_orphan(valkey / "pid", valkey, signal.SIGTERM, seconds=5)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass  # its run goes on
        finally:
            os.close(lock)


def _roomy_memory() -> Path | None:
    """A folder in memory when there is ample room: a database is hundreds of files, and a disk makes them slowly."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        roomy = min(shutil.disk_usage(MEMORY_FOLDER).free, free) > MEMORY_NEEDED
    except (OSError, ValueError):
        return None
    return MEMORY_FOLDER if roomy and os.access(MEMORY_FOLDER, os.W_OK) else None


def template_name(kind: str = "") -> str:
    """The database of this run that others are copied from: migrated, and loaded as `kind` says."""
    return f"ocop_template_{os.environ['OCOP_TEST_RUN']}" + (f"_{kind}" if kind else "")


async def _drop_templates(admin_url: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        for row in await admin.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", template_name()):
            await admin.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
    finally:
        await admin.close()


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start whole systems come first: they take longest, and would keep one process busy at the end."""
    long = {item.path for item in items if item.get_closest_marker("fault")}
    items.sort(key=lambda item: item.path not in long)


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


async def loaded_template(admin_url: str, kind: str, fill: Callable[[TestDatabase], Awaitable[None]]) -> str:
    """The name of a template that `fill` loaded: made by whichever process of the run asks first, used by all."""
    name, draft = template_name(kind), template_name(f"{kind}_draft")
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f"SELECT pg_advisory_lock(hashtextextended('{name}', 0))")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await admin.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
            await admin.execute(f'CREATE DATABASE "{draft}" TEMPLATE "{template_name()}"')
            await fill(_test_database(admin_url, draft))
            await admin.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    finally:
        await admin.close()
    return name


def _test_database(admin_url: str, name: str) -> TestDatabase:
    return TestDatabase(name, database_url(admin_url, name), service_urls(admin_url, PASSWORDS, name))


@asynccontextmanager
async def fresh_database(admin_url: str, template: str | None = None) -> AsyncIterator[TestDatabase]:
    """A fresh copy of the migrated template, or of another, dropped afterwards; commits are real."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(admin_url)
    try:
        copied = f'"{template or template_name()}" {os.environ.get("OCOP_TEST_COPY", "")}'
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE {copied}')
        yield _test_database(admin_url, name)
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
    """Opens a service's Database when a test first asks for it."""

    def __init__(self, database: TestDatabase) -> None:
        self.database = database
        self.started: dict[str, Database] = {}

    async def __call__(self, service: str) -> Database:
        """The open Database of `service`."""
        if service not in self.started:
            self.started[service] = Database(self.database.urls[service], name=f"test-{service}", pool=5)
        return self.started[service]
