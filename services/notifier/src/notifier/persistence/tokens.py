"""Rotating tokens of a provider: one row, renewed by one worker at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.tokens import SealedToken
from shared.db.engine import Database

_READ = text("SELECT sealed, seed_digest, expires_at FROM provider_tokens WHERE channel = :channel")
_KEEP = text(
    """
    INSERT INTO provider_tokens (channel, sealed, seed_digest, expires_at, renewed_at)
    VALUES (:channel, :sealed, :digest, now() + make_interval(secs => :seconds), now())
    ON CONFLICT (channel) DO UPDATE SET sealed = excluded.sealed, seed_digest = excluded.seed_digest,
        expires_at = excluded.expires_at, renewed_at = excluded.renewed_at
    """
)
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('provider_tokens ' || :channel, 0))")


class TokenRenewal:
    """The turn to renew a token: what is stored now, and where the new one goes."""

    def __init__(self, session: AsyncSession, channel: str) -> None:
        self._session, self._channel = session, channel

    async def read(self) -> SealedToken | None:
        """What is stored."""
        return await _read(self._session, self._channel)

    async def keep(self, sealed: bytes, seed_digest: str, lifetime: timedelta) -> None:
        """Store the new one."""
        await self._session.execute(
            _KEEP,
            {
                "channel": self._channel,
                "sealed": sealed,
                "digest": seed_digest,
                "seconds": lifetime.total_seconds(),
            },
        )


class TokenStore:
    """Where a channel's tokens are kept between processes. Contents are sealed by whoever uses them."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database, self._channel = database, channel

    async def read(self) -> SealedToken | None:
        """What is stored; None at first."""
        async with self._database.session() as session:
            return await _read(session, self._channel)

    @asynccontextmanager
    async def renewal(self) -> AsyncIterator[TokenRenewal | None]:
        """The only turn to renew at this moment, or None when another worker has it.

        The one place where a connection is held during a call to a provider: the old token is worthless as soon as
        the provider has answered, so nobody else may ask meanwhile. The call has a few seconds at most.
        """
        async with self._database.session() as session:
            mine = (await session.execute(_LOCK, {"channel": self._channel})).scalar_one()
            yield TokenRenewal(session, self._channel) if mine else None


async def _read(session: AsyncSession, channel: str) -> SealedToken | None:
    row = (await session.execute(_READ, {"channel": channel})).one_or_none()
    if row is None:
        return None
    expires_at: datetime = row.expires_at
    return SealedToken(bytes(row.sealed), row.seed_digest, expires_at)
