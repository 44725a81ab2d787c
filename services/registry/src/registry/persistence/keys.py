"""All SQL of development's signing keys, sign-in codes and movable clock."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.persistence.tables.keys import SignInCodeRow, SigningKeyRow
from shared.db.reads import HotReads

CODE_SECONDS = 60
"""How long a sign-in code may be taken."""


async def stored_key(reads: HotReads, purpose: str) -> str | None:
    """The PEM stored for `purpose`, if any; read without a session, which a starting API has no other use for."""
    key: str | None = await reads.fetchval("SELECT private_key FROM signing_keys WHERE purpose = $1", purpose)
    return key


class Keys:
    """What a development system signs people in with."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def signing_key(self, purpose: str, fresh: str) -> str:
        """The PEM stored for `purpose`; `fresh` is stored when there is none. One answer for racing processes."""
        await self._session.execute(
            insert(SigningKeyRow).values(purpose=purpose, private_key=fresh).on_conflict_do_nothing()
        )
        statement = select(SigningKeyRow.private_key).where(SigningKeyRow.purpose == purpose)
        return (await self._session.scalars(statement)).one()

    async def store_code(
        self,
        code: str,
        *,
        person_id: UUID,
        client_id: str,
        redirect_uri: str,
        code_challenge: str,
        nonce: str | None,
    ) -> None:
        """Keep a sign-in code for a minute of real time; those that lapsed are removed."""
        await self._session.execute(delete(SignInCodeRow).where(SignInCodeRow.expires_at < func.now()))
        self._session.add(
            SignInCodeRow(
                code_hash=_hash(code),
                person_id=person_id,
                client_id=client_id,
                redirect_uri=redirect_uri,
                code_challenge=code_challenge,
                nonce=nonce,
                expires_at=await self._real_now() + timedelta(seconds=CODE_SECONDS),
            )
        )

    async def take_code(self, code: str) -> SignInCodeRow | None:
        """Remove and return a code that has not lapsed; None when there is none. Of two takers one gets it."""
        statement = delete(SignInCodeRow).where(SignInCodeRow.code_hash == _hash(code)).returning(SignInCodeRow)
        row = (await self._session.scalars(statement)).one_or_none()
        return row if row is not None and row.expires_at >= await self._real_now() else None

    async def _real_now(self) -> datetime:
        return (await self._session.execute(select(func.now()))).scalar_one()

    async def clock_offset(self) -> float:
        """Seconds by which the programme's clock is ahead of the real one."""
        row = await self._session.execute(text("SELECT extract(epoch FROM ahead) FROM public.programme_clock"))
        return float(row.scalar_one())

    async def move_clock(self, *, to: datetime | None, offset_seconds: float | None) -> None:
        """Set the programme's clock to an instant, or to an offset from the real one."""
        if to is not None:
            await self._session.execute(
                text("UPDATE public.programme_clock SET ahead = CAST(:to AS timestamptz) - now()"), {"to": to}
            )
        else:
            await self._session.execute(
                text("UPDATE public.programme_clock SET ahead = make_interval(secs => :ahead)"),
                {"ahead": float(offset_seconds or 0)},
            )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
