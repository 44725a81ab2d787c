"""Connections of one process to its service's schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared.db.reads import HotReads


async def _keep(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Hot reads leave nothing to reset: without this, asyncpg sends a second statement after every read."""


def connection_lost(error: BaseException) -> bool:
    """Whether an error says that the database is away or full, rather than that it refused what was asked."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return error.connection_invalidated or state.startswith(("08", "53", "57P"))
    # Bare asyncpg errors come from connecting. TimeoutError, an OSError too, comes from our own time limits.
    away = (OSError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError)
    return isinstance(error, away) and not isinstance(error, TimeoutError)


class Database:
    """SQLAlchemy sessions for writes, a raw asyncpg pool for hot reads; both with the limits of the role.

    Statement, lock and idle-in-transaction timeouts are set on the role (see `shared.db.prepare`), so that a
    connection made by any tool has them.
    """

    def __init__(self, url: str, *, name: str, pool: int = 5) -> None:
        self.url = url
        self.name = name
        self._size = pool
        self.engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool,
            max_overflow=pool,
            pool_timeout=5,
            pool_use_lifo=True,  # few connections do what few can: each learns the whole schema, megabytes
            hide_parameters=True,  # personal data must not reach the log by way of an error
            connect_args={
                # Lists and searches are planned for their own words: a plan for any word reads the whole table for a
                # rare one (0.5 s against 1 ms among 200,000 products). Hot reads keep the default.
                "server_settings": {"application_name": name, "plan_cache_mode": "force_custom_plan"},
                "timeout": 5,
            },
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._reads: asyncpg.Pool[asyncpg.Record] | None = None
        self.hot = HotReads(url, name=name, size=pool)
        """For reads that thousands ask for: public passports and the like."""

    async def start(self) -> None:
        """Make the read pool. Connections are opened when first needed: an absent database fails the request."""
        self._reads = await asyncpg.create_pool(
            self.url,
            min_size=0,  # opened by the first read: most workers never make one
            max_size=self._size,
            timeout=5,
            server_settings={"application_name": self.name},
            reset=_keep,
        )

    async def stop(self) -> None:
        """Close every connection."""
        if self._reads is not None:
            await self._reads.close()
        await self.hot.close()
        await self.engine.dispose()

    async def refuse_movable_clock(self) -> None:
        """Production's guard: raises RuntimeError when this database's programme clock can be moved."""
        real = "SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('public.programme_now()')"
        if (await self.reads.fetchval(real) or "").split() != ["SELECT", "now()"]:
            raise RuntimeError("the programme clock of this database is movable; production refuses to use it")

    @property
    def reads(self) -> "asyncpg.Pool[asyncpg.Record]":
        """The pool for hot reads: raw asyncpg, one statement per request."""
        if self._reads is None:
            raise RuntimeError("the database was not started")
        return self._reads

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self.sessions() as session, session.begin():
            yield session
