"""All SQL of uploads. The offset in `uploads.received` is the truth; a part counts when its row is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.tables.uploads import LinkKeyRow, UploadPartRow, UploadRow
from shared.auth.actors import Actor
from shared.errors import NotFound

LEASE = timedelta(seconds=10)
"""How long a request that adds bytes is believed alive without a word; a phone that lost its network waits no more."""
CHECKING = timedelta(seconds=60)
BATCH = 200
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('uploads ' || :person, 0))")


class UploadRepository:
    """Uploads of one transaction. A person sees his own only."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, actor: Actor, upload_id: UUID, *, lock: bool = False) -> UploadRow:
        """The person's upload; with `lock` held FOR UPDATE. Raises NotFound."""
        statement = select(UploadRow).where(UploadRow.id == upload_id, UploadRow.person_id == actor.person_id)
        if lock:
            statement = statement.with_for_update()
        row = await self.session.scalar(statement.execution_options(populate_existing=True))
        if row is None:
            raise NotFound()
        return row

    async def begun_with(self, actor: Actor, request_key: str) -> UploadRow | None:
        """The upload that this request began before."""
        return await self.session.scalar(
            select(UploadRow).where(UploadRow.person_id == actor.person_id, UploadRow.request_key == request_key)
        )

    async def count_open(self, actor: Actor, most: int) -> int:
        """How many uploads the person has not finished, up to `most`; he begins no other until the transaction ends."""
        await self.session.execute(_ONE_AT_A_TIME, {"person": str(actor.person_id)})
        some = (
            select(UploadRow.id)
            .where(UploadRow.person_id == actor.person_id, UploadRow.state == "open", UploadRow.expires_at > func.now())
            .limit(most)
            .subquery()
        )
        return await self.session.scalar(select(func.count(some.c.id))) or 0

    async def add(self, kept: timedelta, **values: Any) -> UploadRow:
        """Write a new upload that expires in `kept`."""
        row = UploadRow(expires_at=func.now() + kept, **values)
        self.session.add(row)
        await self.session.flush()
        await self.session.refresh(row)
        return row

    async def is_free(self, row: UploadRow) -> bool:
        """Whether no living request holds the upload. Ask with the row locked."""
        silent = select(UploadRow.leased_to < func.now()).where(UploadRow.id == row.id)
        return row.lease is None or bool(await self.session.scalar(silent))

    async def is_expired(self, row: UploadRow) -> bool:
        """Whether its time is over."""
        return bool(await self.session.scalar(select(UploadRow.expires_at <= func.now()).where(UploadRow.id == row.id)))

    async def lease(self, upload_id: UUID, lease: UUID, lifetime: timedelta = LEASE) -> None:
        """Let this request, and no other, add bytes."""
        await self.session.execute(
            update(UploadRow).where(UploadRow.id == upload_id).values(lease=lease, leased_to=func.now() + lifetime)
        )

    async def renew(self, upload_id: UUID, lease: UUID, lifetime: timedelta = LEASE) -> bool:
        """A word of life; whether the lease still holds."""
        renewed = await self.session.execute(
            update(UploadRow)
            .where(UploadRow.id == upload_id, UploadRow.lease == lease)
            .values(leased_to=func.now() + lifetime)
            .returning(UploadRow.id)
        )
        return renewed.scalar_one_or_none() is not None

    async def release(self, upload_id: UUID, lease: UUID) -> None:
        """The request is over."""
        await self.session.execute(
            update(UploadRow)
            .where(UploadRow.id == upload_id, UploadRow.lease == lease)
            .values(lease=None, leased_to=None)
        )

    async def add_part(self, upload_id: UUID, lease: UUID, start: int, size: int, kept: timedelta) -> bool:
        """Count bytes that are kept; False, and nothing counted, when the lease or the place was lost."""
        grown = await self.session.execute(
            update(UploadRow)
            .where(
                UploadRow.id == upload_id,
                UploadRow.lease == lease,
                UploadRow.received == start,
                UploadRow.state == "open",
            )
            .values(received=start + size, leased_to=func.now() + LEASE, expires_at=func.now() + kept)
            .returning(UploadRow.id)
        )
        if grown.scalar_one_or_none() is None:
            return False
        await self.session.execute(
            insert(UploadPartRow).values(upload_id=upload_id, start=start, size=size, lease=lease)
        )
        return True

    async def parts(self, upload_id: UUID) -> Sequence[UploadPartRow]:
        """The parts in order."""
        statement = select(UploadPartRow).where(UploadPartRow.upload_id == upload_id).order_by(UploadPartRow.start)
        return list(await self.session.scalars(statement))

    async def end(self, upload_id: UUID, **values: Any) -> bool:
        """Finish or refuse an open upload and forget its parts; False when it was ended before."""
        ended = await self.session.execute(
            update(UploadRow)
            .where(UploadRow.id == upload_id, UploadRow.state == "open")
            .values(lease=None, leased_to=None, **values)
            .returning(UploadRow.id)
        )
        if ended.scalar_one_or_none() is None:
            return False
        await self.session.execute(delete(UploadPartRow).where(UploadPartRow.upload_id == upload_id))
        return True

    async def remove(self, upload_id: UUID) -> None:
        """Forget an upload and its parts."""
        await self.session.execute(delete(UploadRow).where(UploadRow.id == upload_id))

    async def remove_expired(self, upload_id: UUID) -> bool:
        """Forget an upload if its time is over; whether it was."""
        gone = await self.session.execute(
            delete(UploadRow)
            .where(UploadRow.id == upload_id, UploadRow.expires_at <= func.now())
            .returning(UploadRow.id)
        )
        return gone.scalar_one_or_none() is not None

    async def count_parts(self, upload_id: UUID, most: int) -> int:
        """In how many pieces the upload came, up to `most`."""
        some = select(UploadPartRow.start).where(UploadPartRow.upload_id == upload_id).limit(most).subquery()
        return await self.session.scalar(select(func.count(some.c.start))) or 0

    async def expired(self) -> Sequence[UUID]:
        """A batch of uploads whose time is over."""
        return list(
            await self.session.scalars(
                select(UploadRow.id)
                .where(UploadRow.expires_at <= func.now())
                .order_by(UploadRow.expires_at)
                .limit(BATCH)
            )
        )

    async def instant(self) -> datetime:
        """The database's real time: links and uploads do not follow the programme's clock."""
        now: datetime = (await self.session.execute(select(func.now()))).scalar_one()
        return now

    async def link_key(self, fresh: bytes) -> bytes:
        """The secret that links are signed with; `fresh` becomes it when there is none yet."""
        await self.session.execute(insert(LinkKeyRow).values(purpose="files", key=fresh).on_conflict_do_nothing())
        key = await self.session.scalar(select(LinkKeyRow.key).where(LinkKeyRow.purpose == "files"))
        assert key is not None
        return key
