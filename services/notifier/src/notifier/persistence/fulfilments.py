"""Deeds that may meet a duty."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.fulfilments import Deed

_RECORD = text(
    """
    INSERT INTO fulfilments AS f (id, event_type, item, about, year, period, code, person_id, at, revision, applied)
    SELECT uuidv7(), event_type, item, about, year, period, code, person_id, at, revision, false
    FROM unnest(CAST(:event_types AS text[]), CAST(:items AS text[]), CAST(:abouts AS text[]), CAST(:years AS int[]),
        CAST(:periods AS text[]), CAST(:codes AS text[]), CAST(:people AS uuid[]), CAST(:ats AS timestamptz[]),
        CAST(:revisions AS bigint[]))
        AS deed(event_type, item, about, year, period, code, person_id, at, revision)
    ON CONFLICT (event_type, item, about) DO UPDATE
    SET year = excluded.year, period = excluded.period, code = excluded.code, person_id = excluded.person_id,
        at = excluded.at, revision = excluded.revision, applied = false
    WHERE excluded.revision > f.revision
    """
)
_WITHDRAW = text(
    """
    INSERT INTO fulfilments (id, event_type, item, about, at, withdrawn_at, revision, applied)
    VALUES (uuidv7(), :event_type, :item, :about, 'infinity', :at, -1, false)
    ON CONFLICT (event_type, item, about)
    DO UPDATE SET withdrawn_at = excluded.withdrawn_at, applied = false
    """
)
_LAST_TIME = text(
    """
    SELECT max(done_at) FROM (
        SELECT CAST(substr(item, length(:item) + 2) AS timestamptz) AS done_at FROM fulfilments
        WHERE event_type = :event_type AND about = :item AND starts_with(item, CAST(:item AS text) || ':')) done
    WHERE done_at <= :before
    """
)


class FulfilmentRepository:
    """Writes deeds, those of one transaction together; `applied` turns false whenever a duty may be touched by them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._kept: dict[tuple[str, str, str], Deed] = {}
        """What `write` is going to write, by type, item and the one thing it is about."""

    def record(self, deed: Deed) -> None:
        """Keep the deed once for each thing it is about; a higher revision replaces, the same or a lower is ignored.

        What was withdrawn stays withdrawn: its end may be told before its beginning. Written by `write`.
        """
        for about in deed.abouts:
            known = self._kept.setdefault((deed.event_type, deed.item, about), deed)
            if deed.revision > known.revision:
                self._kept[(deed.event_type, deed.item, about)] = deed

    async def write(self) -> None:
        """Write what was recorded, in one statement and always in the same order: two writers cannot deadlock."""
        if not self._kept:
            return
        kept, self._kept = sorted(self._kept.items(), key=lambda one: one[0]), {}
        await self._session.execute(
            _RECORD,
            {
                "event_types": [event_type for (event_type, _, _), _ in kept],
                "items": [item for (_, item, _), _ in kept],
                "abouts": [about for (_, _, about), _ in kept],
                "years": [deed.year for _, deed in kept],
                "periods": [deed.period for _, deed in kept],
                "codes": [deed.code for _, deed in kept],
                "people": [deed.person_id for _, deed in kept],
                "ats": [deed.at for _, deed in kept],
                "revisions": [deed.revision for _, deed in kept],
            },
        )

    async def last_time(self, event_type: str, item: str, before: datetime) -> datetime | None:
        """When a deed that repeats was last done up to an instant, as the end of its item says; None if never."""
        await self.write()
        values = {"event_type": event_type, "item": item, "before": before}
        found: datetime | None = (await self._session.execute(_LAST_TIME, values)).scalar_one()
        return found

    def forget(self) -> None:
        """Drop what was recorded and is not written: what it told of was undone."""
        self._kept.clear()

    async def withdraw(self, event_type: str, item: str, about: str, at: datetime) -> None:
        """From `at` on the deed no longer holds; told before the deed itself, it waits for it."""
        await self.write()
        await self._session.execute(_WITHDRAW, {"event_type": event_type, "item": item, "about": about, "at": at})
