"""Hand-written statements for hot reads: named parameters, run by raw asyncpg or inside a unit of work."""

import re
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.reads import HotReads

_NAME = re.compile(r"(?<![:\w]):([a-z][a-z_]*)")


class Statement:
    """One SQL statement whose rows are made by Postgres, documents included."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.names = tuple(dict.fromkeys(_NAME.findall(sql)))
        self._positional = _NAME.sub(lambda m: f"${self.names.index(m[1]) + 1}", sql)
        self._named = text(sql)

    async def read(self, reads: HotReads, **values: Any) -> "asyncpg.Record | None":
        """The first row, in one round trip and no transaction."""
        return await reads.fetchrow(self._positional, *(values[name] for name in self.names))

    async def within(self, session: AsyncSession, **values: Any) -> Any:
        """The first row as the session's transaction sees it, or None."""
        return (await session.execute(self._named, {name: values[name] for name in self.names})).first()
