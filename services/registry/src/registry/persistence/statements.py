"""Hand-written statements for hot reads: named parameters, run by raw asyncpg or inside a unit of work."""

import asyncio
import re
from collections.abc import Hashable
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.reads import HotReads

_NAME = re.compile(r"(?<![:\w]):([a-z][a-z_]*)")
MOST_KEYS = 100
"""Keys that one statement looks up at most."""

Asked = tuple[Hashable, "asyncio.Future[asyncpg.Record | None]"]


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


class Lookup(Statement):
    """A statement about one thing: it takes `:keys`, an array, and its rows begin with their key.

    A key is looked up at once, unless the same question of others is under way: then together with all that are asked
    for meanwhile. No answer is older than its question, and nobody is answered by another's scope: the values that
    make it are part of the question.
    """

    def __init__(self, sql: str) -> None:
        super().__init__(sql)
        self._others = [name for name in self.names if name != "keys"]
        self._waiting: dict[tuple[Any, ...], list[Asked]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def of(self, reads: HotReads, key: Hashable, **values: Hashable) -> "asyncpg.Record | None":
        """The row of a key, or None. Raises as `HotReads.fetch` does."""
        question = (reads, *(values[name] for name in self._others))
        answer: asyncio.Future[asyncpg.Record | None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.get(question)
        if waiting is not None:
            waiting.append((key, answer))
        else:
            self._waiting[question] = [(key, answer)]
            task = asyncio.create_task(self._look_up(question))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return await answer

    async def _look_up(self, question: tuple[Any, ...]) -> None:
        """Answer whoever waits with this question, and who comes meanwhile."""
        waiting = self._waiting[question]
        try:
            while waiting:
                asked = waiting[:MOST_KEYS]
                del waiting[:MOST_KEYS]
                await self._answer(question, asked)
        finally:
            del self._waiting[question]

    async def _answer(self, question: tuple[Any, ...], asked: list[Asked]) -> None:
        reads, *others = question
        values = dict(zip(self._others, others, strict=True), keys=[key for key, _ in asked])
        try:
            rows = await reads.fetch(self._positional, *(values[name] for name in self.names))
        except Exception as error:  # each who asked tells it his own way
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return
        found = {row[0]: row for row in rows}
        for key, answer in asked:
            if not answer.done():  # its request may have gone
                answer.set_result(found.get(key))
