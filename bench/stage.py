"""Where everything is measured: private servers in .bench/, seeded databases, applications as own processes."""

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from deploy.local.probes import is_ready

from bench.cpu import cores
from bench.people import Signatures
from bench.seed import grow_registry
from shared.db.migrations import upgrade
from shared.db.prepare import SERVICES, database_url, prepare_database, service_urls
from shared.embedded.ports import choose_port
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.valkey import EmbeddedValkey

PASSWORDS = dict.fromkeys(SERVICES, "for-measuring-only")
ROOT = Path(__file__).parents[1]
SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "512MB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
}
"""As one would set a server of this size, and nothing that starts on its own in the middle of a round. Durable:
fsync and synchronous_commit are on. The naive twin uses the same server."""
_READY_SECONDS = 60.0


def say(text: str) -> None:
    """A line of progress."""
    print(f"  {time.strftime('%H:%M:%S')}  {text}", flush=True)


@dataclass
class Server:
    """A running application."""

    name: str
    process: subprocess.Popen[bytes]
    port: int

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Stage:
    """Postgres and Valkey of our own, and what runs on them. Everything ends with `stop`."""

    passwords = PASSWORDS

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self._postgres = EmbeddedPostgres(self.home / "postgres", settings=SETTINGS)
        self._valkey = EmbeddedValkey(self.home / "valkey")
        self._servers: list[Server] = []
        self.admin_url = self.redis_url = self.database = ""
        self.signatures = Signatures()

    def start(self) -> None:
        """Start both servers, empty of queues."""
        self.home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.home / "valkey", ignore_errors=True)
        self.admin_url = self._postgres.start()
        self.redis_url = self._valkey.start()

    def stop(self) -> None:
        """Stop all that was started."""
        for server in self._servers:
            server.stop()
        self._valkey.stop()
        self._postgres.stop()

    @property
    def postgres_pid(self) -> int:
        """The process id of Postgres, whose descendants do its work."""
        return int((self.home / "postgres" / "work" / "postmaster.pid").read_text().split("\n", 1)[0])

    def urls(self, database: str | None = None) -> dict[str, str]:
        """Each service's database URL."""
        return service_urls(self.admin_url, self.passwords, database or self.database)

    async def connect(
        self, database: str | None = None, schema: str = "registry"
    ) -> "asyncpg.Connection[asyncpg.Record]":
        """A superuser's connection."""
        url = database_url(self.admin_url, database or self.database)
        return await asyncpg.connect(url, server_settings={"search_path": f"{schema}, public"})

    async def use(self, products: int) -> None:
        """Work on a database with so many products; it is kept for the next run."""
        self.database = await self._seeded(products, smaller=None)

    async def grown(self, products: int) -> str:
        """The name of a database with so many products, made from the one in use unless it is there already."""
        return await self._seeded(products, smaller=self.database)

    async def _seeded(self, products: int, smaller: str | None) -> str:
        name = f"bench_{products}_{_fingerprint()}"
        admin = await asyncpg.connect(self.admin_url)
        try:
            known = {row["datname"] for row in await admin.fetch("SELECT datname FROM pg_database")}
            if name in known:
                return name
            for stale in known:
                if stale.startswith("bench_") and not stale.endswith(_fingerprint()):
                    await admin.execute(f'DROP DATABASE "{stale}" WITH (FORCE)')
            await admin.execute('DROP DATABASE IF EXISTS "draft" WITH (FORCE)')
            say(f"seeding {products:,} products (kept in .bench/ for the next run)")
            if smaller is None:
                await asyncio.to_thread(self._prepare)
                await grow_registry(database_url(self.admin_url, "draft"), 0, products)
            else:
                await admin.execute(f'CREATE DATABASE "draft" TEMPLATE "{smaller}"')
                await grow_registry(database_url(self.admin_url, "draft"), int(smaller.split("_")[1]), products)
            await admin.execute(f'ALTER DATABASE "draft" RENAME TO "{name}"')
            # The role's rights to connect came with the rename; a copy has only the template's.
            for service in SERVICES:
                await admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {service}')
        finally:
            await admin.close()
        return name

    def _prepare(self) -> None:
        """An empty, migrated database `draft` with the real clock and the reference data."""
        prepare_database(self.admin_url, self.passwords, movable_clock=False, database="draft")
        for service in SERVICES:
            upgrade(service, self.admin_url, "draft")
        for service in ("registry", "evaluation"):
            loaded = subprocess.run(
                [sys.executable, "-c", f"from {service}.load import run; run(False)"],
                check=False,
                cwd=ROOT,
                env=self.environment("draft"),
                capture_output=True,
                text=True,
            )
            if loaded.returncode:
                raise RuntimeError(f"loading {service} failed:\n{loaded.stdout[-3000:]}{loaded.stderr[-3000:]}")

    def environment(self, database: str | None = None) -> dict[str, str]:
        """What a production process of ours is told."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.environ.get("HOME", "/"),
            "OCOP_ENVIRONMENT": "production",
            "OCOP_LOG_LEVEL": "WARNING",
            "OCOP_FILES_URL": (self.home / "files").as_uri(),
            "REDIS_URL": self.redis_url,
            "REGISTRY_OIDC_ISSUER": "https://sign-in.invalid",
            "REGISTRY_SIGNING_KEY": self.signatures.pem,
            "BENCH_KEYS": self.signatures.public,
            **{f"{service.upper()}_DATABASE_URL": url for service, url in self.urls(database).items()},
        }

    async def serve(self, module: str, more: Mapping[str, str] | None = None) -> Server:
        """Start an application and wait until it is ready."""
        port = choose_port(None, None)
        pinned = ",".join(str(core) for core in cores()[0])
        log = (self.home / f"{module}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.serve", module, str(port), pinned],
            cwd=ROOT,
            env=self.environment() | dict(more or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        server = Server(module, process, port)
        self._servers.append(server)
        limit = time.monotonic() + _READY_SECONDS
        while not await asyncio.to_thread(is_ready, f"http://127.0.0.1:{port}/readyz"):
            if process.poll() is not None or time.monotonic() > limit:
                said = (self.home / f"{module}.log").read_text()[-3000:]
                raise RuntimeError(f"{module} did not start:\n{said}")
            await asyncio.sleep(0.05)
        return server

    def work(self, command: Sequence[str], more: Mapping[str, str] | None = None) -> Server:
        """Start a Python process that serves nobody: a worker. On whatever core is free, as it would be."""
        name = command[-1].partition(" import")[0].replace("from ", "")
        with (self.home / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment() | dict(more or {}),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        server = Server(name, process, 0)
        self._servers.append(server)
        return server

    def end(self, *servers: Server) -> None:
        """Stop some servers early."""
        for server in servers:
            server.stop()
            self._servers.remove(server)


def _fingerprint() -> str:
    """Changes when the seed or any schema does."""
    seen = hashlib.sha256((ROOT / "bench/seed.py").read_bytes())
    folders = (ROOT / "shared/src/shared/db/sql", *(ROOT / f"services/{name}/migrations" for name in SERVICES))
    for file in sorted(path for folder in folders for path in folder.rglob("*.[ps][yq]*")):
        seen.update(file.read_bytes())
    return seen.hexdigest()[:10]
