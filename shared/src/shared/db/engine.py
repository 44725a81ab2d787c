"""Connections of one process to its service's schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from shared.db.reads import HotReads


def connection_lost(error: BaseException) -> bool:
    """Whether an error says that the database is away or full, rather than that it refused what was asked."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return error.connection_invalidated or state.startswith(("08", "53", "57P"))
    # Bare asyncpg errors come from connecting. TimeoutError, an OSError too, comes from our own time limits.
    away = (OSError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError)
    return isinstance(error, away) and not isinstance(error, TimeoutError)


class Database:
    """SQLAlchemy sessions for writes, raw asyncpg for hot reads; both with the limits of the role.

    Statement, lock and idle-in-transaction timeouts are set on the role (see `shared.db.prepare`), so that a
    connection made by any tool has them.
    """

    def __init__(self, url: str, *, name: str, pool: int = 5) -> None:
        self.url, self.name, self._pool = url, name, pool
        self.reads = HotReads(url, name=name, size=pool)
        """For single statements without a session: public passports and the like, which thousands ask for."""

    @cached_property
    def engine(self) -> AsyncEngine:
        """Made when first used: an API that is asked for nothing holds megabytes less."""
        return create_async_engine(
            self.url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=self._pool,
            max_overflow=max(self._pool, 10 - self._pool),
            pool_timeout=5,
            pool_use_lifo=True,  # few connections do what few can: each learns the whole schema, megabytes
            hide_parameters=True,  # personal data must not reach the log by way of an error
            connect_args={
                # Lists and searches are planned for their own words: a plan for any word reads the whole table for a
                # rare one (0.5 s against 1 ms among 200,000 products). Hot reads keep the default.
                "server_settings": {"application_name": self.name, "plan_cache_mode": "force_custom_plan"},
                "timeout": 5,
            },
        )

    @cached_property
    def sessions(self) -> async_sessionmaker[AsyncSession]:
        """Sessions whose objects can be read after they are committed."""
        return async_sessionmaker(self.engine, expire_on_commit=False)

    async def stop(self) -> None:
        """Close every connection."""
        await self.reads.close()
        if "engine" in vars(self):
            await self.engine.dispose()

    async def refuse_movable_clock(self) -> None:
        """Production's guard: raises RuntimeError when this database's programme clock can be moved."""
        real = "SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('public.programme_now()')"
        if (await self.reads.fetchval(real) or "").split() != ["SELECT", "now()"]:
            raise RuntimeError("the programme clock of this database is movable; production refuses to use it")

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self.sessions() as session, session.begin():
            yield session
