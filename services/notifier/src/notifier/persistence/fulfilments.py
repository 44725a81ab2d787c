"""Deeds that may meet a duty."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.fulfilments import Deed

_RECORD = text(
    """
    INSERT INTO fulfilments AS f (id, event_type, item, about, year, period, code, person_id, at, revision, applied)
    SELECT uuidv7(), :event_type, :item, about, :year, :period, :code, :person_id, :at, :revision, false
    FROM unnest(CAST(:abouts AS text[])) AS about
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


class FulfilmentRepository:
    """Writes deeds; `applied` turns false whenever a duty may be touched by them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def record(self, deed: Deed) -> None:
        """Keep the deed once for each thing it is about; a higher revision replaces, the same or a lower is ignored.

        What was withdrawn stays withdrawn: its end may be told before its beginning.
        """
        await self._session.execute(
            _RECORD,
            {
                "event_type": deed.event_type,
                "item": deed.item,
                "abouts": sorted(set(deed.abouts)),
                "year": deed.year,
                "period": deed.period,
                "code": deed.code,
                "person_id": deed.person_id,
                "at": deed.at,
                "revision": deed.revision,
            },
        )

    async def withdraw(self, event_type: str, item: str, about: str, at: datetime) -> None:
        """From `at` on the deed no longer holds; told before the deed itself, it waits for it."""
        await self._session.execute(_WITHDRAW, {"event_type": event_type, "item": item, "about": about, "at": at})
