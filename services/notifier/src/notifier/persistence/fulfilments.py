"""Deeds that may meet a duty."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.fulfilments import Deed
from notifier.persistence.tables.fulfilments import Fulfilment
from shared.ids import new_id

_WITHDRAW = text(
    """
    INSERT INTO fulfilments (id, event_type, item, about, at, withdrawn_at, revision, applied)
    VALUES (:id, :event_type, :item, :about, 'infinity', :at, -1, false)
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
        rows = [
            {
                "id": new_id(),
                "event_type": deed.event_type,
                "item": deed.item,
                "about": about,
                "year": deed.year,
                "period": deed.period,
                "code": deed.code,
                "person_id": deed.person_id,
                "at": deed.at,
                "revision": deed.revision,
                "applied": False,
            }
            for about in sorted(set(deed.abouts))
        ]
        statement = insert(Fulfilment).values(rows)
        kept = ("year", "period", "code", "person_id", "at", "revision", "applied")
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["event_type", "item", "about"],
                set_={name: statement.excluded[name] for name in kept},
                where=statement.excluded.revision > Fulfilment.revision,
            )
        )

    async def withdraw(self, event_type: str, item: str, about: str, at: datetime) -> None:
        """From `at` on the deed no longer holds; told before the deed itself, it waits for it."""
        await self._session.execute(
            _WITHDRAW, {"id": new_id(), "event_type": event_type, "item": item, "about": about, "at": at}
        )
