"""Subscriptions of people's devices: registered by them, read by the sender, dropped when their service says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.push import PushDevice, decode
from shared.db.engine import Database
from shared.errors import NotFound

# A browser that another person used before is theirs no longer: what it shows is for who signed in last.
_TAKE = text(
    """
    UPDATE contacts SET removed_at = now(), version = version + 1, updated_at = now()
    WHERE channel = 'webpush' AND address = :endpoint AND person_id <> :person AND removed_at IS NULL
    """
)
_ADD = text(
    """
    WITH contact AS (
        INSERT INTO contacts (id, version, person_id, channel, address, label, verified_at)
        VALUES (uuidv7(), 1, :person, 'webpush', :endpoint, :label, now())
        ON CONFLICT (person_id, channel, address) DO UPDATE
        SET label = excluded.label, verified_at = now(), dead_at = NULL, dead_because = NULL, removed_at = NULL,
            version = contacts.version + 1, updated_at = now()
        RETURNING id)
    INSERT INTO push_devices (contact_id, p256dh, auth) SELECT id, :p256dh, :auth FROM contact
    ON CONFLICT (contact_id) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth
    RETURNING contact_id
    """
)
_OF = text(
    """
    SELECT c.id, c.label, d.created_at, d.last_sent_at, c.dead_at, c.address
    FROM contacts c JOIN push_devices d ON d.contact_id = c.id
    WHERE c.person_id = :person AND c.channel = 'webpush' AND c.removed_at IS NULL ORDER BY c.id
    """
)
_REMOVE = text(
    """
    UPDATE contacts SET removed_at = now(), version = version + 1, updated_at = now()
    WHERE id = :id AND person_id = :person AND channel = 'webpush' AND removed_at IS NULL
    RETURNING id
    """
)
_BESIDE = text(
    """
    SELECT c.id, c.address, d.p256dh, d.auth
    FROM contacts one
    JOIN contacts c ON c.person_id = one.person_id AND c.channel = 'webpush'
         AND c.removed_at IS NULL AND c.dead_at IS NULL
    JOIN push_devices d ON d.contact_id = c.id
    WHERE one.channel = 'webpush' AND one.address = :address AND one.removed_at IS NULL
    ORDER BY c.id
    """
)
_REACHED = text("UPDATE push_devices SET last_sent_at = now() WHERE contact_id = ANY(:ids)")
_GONE = text(
    """
    UPDATE contacts SET dead_at = now(), dead_because = 'device_gone', version = version + 1, updated_at = now()
    WHERE id = ANY(:ids) AND dead_at IS NULL
    """
)


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """A device as its owner sees it."""

    id: UUID
    label: str | None
    created_at: datetime
    last_sent_at: datetime | None
    dead_at: datetime | None
    address: str


class PushDeviceRepository:
    """A person's devices."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, person_id: UUID) -> Sequence[OwnDevice]:
        """The person's devices, oldest first; writers of the same person wait for each other."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('push devices ' || CAST(:person AS text), 0))"),
            {"person": str(person_id)},
        )
        return [OwnDevice(**row) for row in (await self._session.execute(_OF, {"person": person_id})).mappings()]

    async def add(self, person_id: UUID, endpoint: str, p256dh: str, auth: str, label: str | None) -> UUID:
        """A device, or new keys of a known one; returns its id."""
        await self._session.execute(_TAKE, {"endpoint": endpoint, "person": person_id})
        values = {"person": person_id, "endpoint": endpoint, "p256dh": p256dh, "auth": auth, "label": label}
        made: UUID = (await self._session.execute(_ADD, values)).scalar_one()
        return made

    async def remove(self, person_id: UUID, device_id: UUID) -> None:
        """Push nothing there any more. Raises NotFound when it is not the person's."""
        removed = await self._session.execute(_REMOVE, {"id": device_id, "person": person_id})
        if removed.one_or_none() is None:
            raise NotFound("Bạn không có thiết bị này.", "You have no such device.")


class PushDeviceStore:
    """What the sender reads and records, in transactions of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def beside(self, address: str) -> Sequence[PushDevice]:
        """Every live device of the person whose one this address is."""
        async with self._database.session() as session:
            rows = (await session.execute(_BESIDE, {"address": address})).all()
        return [PushDevice(row.id, row.address, decode(row.p256dh), decode(row.auth)) for row in rows]

    async def record(self, reached: Sequence[UUID], gone: Sequence[UUID]) -> None:
        """Which took a message, and which are no more."""
        async with self._database.session() as session:
            await session.execute(_REACHED, {"ids": list(reached)})
            await session.execute(_GONE, {"ids": list(gone)})
