"""A stage for the parts of the bench on the run's Postgres, so small that they are tried in seconds."""

import random
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import asyncpg
import pytest
from bench.seed import grow_registry
from bench.stage import Server, Stage
from tests.evaluation.worlds import load_rules

from registry.load import load
from registry.persistence.unit_of_work import RegistryUow
from shared.db.engine import Database
from shared.embedded.valkey import EmbeddedValkey
from shared.testing.plugin import PASSWORDS, TestDatabase, fresh_database, loaded_template

PRODUCTS = 1_700
"""Every kind, quality and place of bench/seed.py comes with every other once in 1,680."""


class SmallStage(Stage):
    """The run's Postgres with a database of its own, and applications that start once and stay for all parts."""

    passwords = PASSWORDS

    def __init__(self, home: Path, database: TestDatabase, redis_url: str, postgres_pid: int) -> None:
        super().__init__(home)
        self.admin_url, self.redis_url, self.database = database.admin_url, redis_url, database.name
        self._pid = postgres_pid

    @property
    def postgres_pid(self) -> int:
        return self._pid

    async def grown(self, products: int) -> str:
        assert products == PRODUCTS
        return self.database

    def environment(self, database: str | None = None) -> dict[str, str]:
        """Tests' databases have the movable clock, which production refuses."""
        return super().environment(database) | {"OCOP_ENVIRONMENT": "development"}

    async def serve(self, module: str, more: Mapping[str, str] | None = None) -> Server:
        running = next((server for server in self._servers if server.name == module), None)
        return running or await super().serve(module, more)

    def end(self, *servers: Server) -> None:
        super().end(*(server for server in servers if not server.port))

    def stop(self) -> None:
        for server in self._servers:
            server.stop()


async def fill(database: TestDatabase) -> None:
    """Units, and products as the bench seeds them."""
    registry = Database(database.urls["registry"], name="load")
    async with RegistryUow.open(registry) as uow:
        await load(uow, False)
    await registry.stop()
    await grow_registry(database.admin_url, 0, PRODUCTS)


@pytest.fixture(scope="module")
async def stage(admin_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One for all parts, with a Valkey of its own: they empty it."""
    home = tmp_path_factory.mktemp("bench")
    valkey = EmbeddedValkey(home / "valkey", durable=False)
    async with fresh_database(admin_url, await loaded_template(admin_url, "rules", load_rules)) as database:
        await fill(database)
        admin = await asyncpg.connect(admin_url)
        pid = await admin.fetchval("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer")
        await admin.close()
        small = SmallStage(home, database, valkey.start(), pid)
        try:
            yield small
        finally:
            small.stop()
            valkey.stop()


@pytest.fixture(autouse=True)
def chance() -> None:
    """The same choices in every run."""
    random.seed(20231130)
