"""The duties that calendars made: read for comparison, lapsed and revived in sets."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.obligations import Obligation

SOURCE = "calendar"

_COVERED = text(
    """
    SELECT o.code, o.period, o.unit_code FROM obligations o
    WHERE o.source_kind = 'deadline' AND o.code = :code AND o.year = ANY(CAST(:years AS int[]))
      AND o.person_id IS NULL AND o.producer_id IS NULL AND o.waived_at IS NULL
    """
)
# Only what is still ahead: a duty that is met, missed or waived by an official stays as it is.
_LAPSE = """
    WITH touched AS (
        SELECT id, due_on, state FROM obligations
        WHERE source_kind = 'calendar' AND source_id = ANY(CAST(:sources AS text[])) AND <which>
        ORDER BY id FOR UPDATE
    ), noted AS (
        INSERT INTO duty_acts (id, obligation_id, act, due_before, due_after, state_before, reason, at)
        SELECT uuidv7(), id, '<act>', due_on, due_on, state, :reason, :now FROM touched
    )
    UPDATE obligations o SET waived_at = <waived_at>, state = '<state>', settled = false, version = version + 1,
                             updated_at = now()
    FROM touched WHERE o.id = touched.id
"""
_LAPSES = text(
    _LAPSE.replace("<which>", "state = 'open' AND due_at > :now")
    .replace("<act>", "lapse")
    .replace("<waived_at>", ":now")
    .replace("<state>", "waived")
)
_REVIVES = text(
    _LAPSE.replace(
        "<which>",
        "state = 'waived' AND due_at > :now AND 'lapse' = (SELECT a.act FROM duty_acts a"
        " WHERE a.obligation_id = obligations.id ORDER BY a.id DESC LIMIT 1)",
    )
    .replace("<act>", "revive")
    .replace("<waived_at>", "NULL")
    .replace("<state>", "open")
)


class RecurringDutyRepository:
    """The duties of one definition and year."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def made(self, calendar_id: str, year: int) -> dict[str, Obligation]:
        """What the definition made for the year, by source id."""
        rows = await self._session.scalars(
            select(Obligation).where(
                Obligation.source_kind == SOURCE,
                Obligation.year == year,
                func.starts_with(Obligation.source_id, f"{calendar_id}:"),
            )
        )
        return {row.source_id: row for row in rows}

    async def covered(self, code: str, years: Collection[int]) -> set[tuple[str, str]]:
        """(period, unit) for which the plan of the year itself sets a duty of this code."""
        rows = await self._session.execute(_COVERED, {"code": code, "years": list(years)})
        return {(row.period, row.unit_code) for row in rows}

    async def lapse(self, sources: Collection[str], reason: str, now: datetime) -> None:
        """What the calendar asks no more, where it is still ahead."""
        await self._session.execute(_LAPSES, {"sources": list(sources), "reason": reason, "now": now})

    async def revive(self, sources: Collection[str], reason: str, now: datetime) -> None:
        """What had lapsed and is asked again."""
        await self._session.execute(_REVIVES, {"sources": list(sources), "reason": reason, "now": now})
