"""The embedded servers of the local system: started side by side, started again when they die."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from deploy.local.settings import CannotStart, LocalSettings
from deploy.local.terminal import say
from shared.embedded import EmbeddedError, EmbeddedPostgres, EmbeddedValkey

InThread = Callable[..., Awaitable[Any]]
"""Runs something that blocks in a thread: `Supervisor.in_thread`."""
_PORTS = {"postgresql": 5432, "postgres": 5432, "redis": 6379, "rediss": 6379}
_SMALL = {"shared_buffers": "16MB", "max_connections": "60"}
"""Memory before speed: what does not fit is in the system's own cache. Eight processes have few connections each."""
_LOOK_EVERY = 0.3
_LONGEST_PAUSE = 10.0


async def _refuse_silent(name: str, url: str) -> None:
    """Raise CannotStart when nothing listens where `name` points."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or _PORTS.get(parts.scheme, 0)
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        raise CannotStart(
            f"{name} names a server at {host}:{port}, and nothing answers there ({error or 'no answer in time'}).\n"
            f"Start it, correct {name}, or unset it: then one is started here."
        ) from error
    writer.close()


class Servers:
    """Postgres and Valkey, ours or somebody's. URLs stay the same when one of ours is restarted."""

    def __init__(self, settings: LocalSettings, in_thread: InThread) -> None:
        self._in_thread = in_thread
        self.database_url = settings.database_url or ""
        self.redis_url = settings.redis_url or ""
        self._ours: dict[str, EmbeddedPostgres | EmbeddedValkey] = {}
        if not settings.database_url:
            self._ours["Postgres"] = EmbeddedPostgres(settings.home / "postgres", settings=_SMALL)
        if not settings.redis_url:
            self._ours["Valkey"] = EmbeddedValkey(settings.home / "valkey")
        self._guards: list[asyncio.Task[None]] = []
        self._starting: asyncio.Future[list[str]] | None = None
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Start those that are ours, look whether the others answer. Raises EmbeddedError or CannotStart."""
        for name, url in (("DATABASE_URL", self.database_url), ("REDIS_URL", self.redis_url)):
            if url:
                await _refuse_silent(name, url)
        self._starting = asyncio.gather(*(self._in_thread(server.start) for server in self._ours.values()))
        urls = await asyncio.shield(self._starting)
        for name, url in zip(self._ours, urls, strict=True):
            if name == "Postgres":
                self.database_url = url
            else:
                self.redis_url = url
        self._guards = [asyncio.create_task(self._guard(name), name=f"guard {name}") for name in self._ours]

    async def stop(self) -> None:
        """Stop those that are ours."""
        self._stopping.set()
        if self._starting is not None:  # a start that Ctrl-C cut goes on in its thread: let it end first
            await asyncio.wait([self._starting])
        await asyncio.gather(*self._guards)
        await asyncio.gather(*(self._in_thread(server.stop) for server in self._ours.values()))

    async def _guard(self, name: str) -> None:
        server = self._ours[name]
        pause = _LOOK_EVERY
        while not await self._stops_within(pause):
            if server.is_running():
                pause = _LOOK_EVERY
                continue
            say(f"  {name} died; starting it again")
            try:
                await self._in_thread(server.start)
            except EmbeddedError as error:
                pause = min(pause * 2, _LONGEST_PAUSE)
                say(f"  {error}\n  Trying again in {pause:.0f} s.")

    async def _stops_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True
