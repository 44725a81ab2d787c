"""Connections for the hottest requests: one statement each, a transaction of its own, nothing to reset.

asyncpg's own pool spends as long on handing a connection out and taking it back as on a small statement. This one
only keeps idle connections on a stack.
"""

import asyncio
from typing import Any

import asyncpg


class HotReads:
    """At most `size` connections, opened when needed. For single statements that leave no state behind."""

    def __init__(self, url: str, *, name: str, size: int) -> None:
        self._url, self._name = url, name
        self._idle: list[asyncpg.Connection[asyncpg.Record]] = []
        self._free = asyncio.Semaphore(size)

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row, None without."""
        row = await self.fetchrow(query, *args)
        return row[0] if row is not None else None

    async def fetchrow(self, query: str, *args: Any) -> "asyncpg.Record | None":
        """The first row."""
        rows = await self.fetch(query, *args)
        return rows[0] if rows else None

    async def fetch(self, query: str, *args: Any) -> "list[asyncpg.Record]":
        """All rows. Raises asyncpg's errors, or OSError when the database does not answer."""
        async with self._free:
            connection = self._idle.pop() if self._idle else await self._connect()
            if connection.is_closed():
                connection = await self._connect()
            try:
                rows = await connection.fetch(query, *args)
            except asyncpg.PostgresError:
                self._idle.append(connection)
                raise
            except BaseException:
                connection.terminate()  # cancelled or broken within the statement: its state is not known
                raise
            self._idle.append(connection)
            return rows

    async def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            await self._idle.pop().close(timeout=2)

    async def _connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        # one plan per statement: those of an array of keys would be planned anew for every array
        settings = {"application_name": self._name, "plan_cache_mode": "force_generic_plan"}
        return await asyncpg.connect(self._url, timeout=5, server_settings=settings)
