"""Copies of duties on which the real statements are run; the caller rolls everything back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

# As they would stand with nothing done: no deed is about a copy. The locks taken are on the copies alone.
_COPY = text(
    """
    INSERT INTO obligations (
        id, source_kind, source_id, revision, deadline_key, code, title, title_en, source, year, period, unit_code,
        unit_name, level, responsible, superior, superior_unit_code, person_id, producer_id, opens_on, due_on, due_at,
        listed_on, about, fulfilled_by, waived_by, total, version, done, state, late, settled, silence_due)
    SELECT uuidv7(), 'simulation', o.id::text, 0, 'simulation:' || o.deadline_key, o.code, o.title, o.title_en,
        o.source, o.year, o.period, o.unit_code, o.unit_name, o.level, o.responsible, o.superior,
        o.superior_unit_code, o.person_id, o.producer_id, o.opens_on, o.due_on, o.due_at, o.listed_on,
        'simulation:' || o.id, '{}', '{}', o.total, 1, 0, 'open', false, true, false
    FROM obligations o
    WHERE o.year = :year AND o.due_on IS NOT NULL AND o.state <> 'waived'
      AND (CAST(:period AS text) IS NULL OR o.period = :period)
      AND (CAST(:code AS text) IS NULL OR o.code = :code)
      AND (CAST(:units AS text[]) IS NULL OR o.unit_code = ANY(:units))
    ORDER BY o.due_on, o.id LIMIT :most
    RETURNING id
    """
)
_MAKE_ROOM = text("UPDATE reminder_policies SET state = 'draft' WHERE code = :code AND state = 'published'")
_DUE = text("SELECT id FROM obligations WHERE id = ANY(:ids) AND next_step_at <= :now ORDER BY next_step_at, id")
_NEXT = text(
    """
    SELECT min(at) FROM (
        SELECT next_step_at AS at FROM obligations WHERE id = ANY(:ids)
        UNION ALL SELECT due_at FROM obligations WHERE id = ANY(:ids) AND state = 'open'
        UNION ALL SELECT unnest(ARRAY[n.held_until, step_instant(public.legal_date(:now), 0, p.digest_at),
                                      step_instant(public.legal_date(:now), 1, p.digest_at), quiet_until(p, :now)])
            FROM notices n JOIN obligations o ON o.id = n.obligation_id CROSS JOIN LATERAL policy_of(o) p
            WHERE n.obligation_id = ANY(:ids) AND n.state = 'held'
        UNION ALL SELECT quiet_until(p, :now) FROM silences s JOIN reminder_policies p ON p.id = s.policy_id
            WHERE s.id = ANY(:silences) AND s.noticed_at IS NULL
    ) moments WHERE at > :now
    """
)
# Providers are taken to deliver at once.
_DELIVER = text(
    """
    UPDATE notices n SET state = 'sent', sent_at = :now
    WHERE n.state = 'created' AND (n.obligation_id = ANY(:ids) OR n.silence_id = ANY(:silences) OR n.id IN (
        SELECT m.digest_id FROM notices m WHERE m.obligation_id = ANY(:ids) AND m.digest_id IS NOT NULL))
    """
)
_TOLD = text(
    """
    SELECT n.made_at AS at, n.kind, n.step, n.channel, n.fallbacks, n.person_id, n.recipient_name, n.unit_code,
           o.code, coalesce(o.title, s.title) AS title, n.due_on, n.template_code AS template,
           CASE n.state WHEN 'digested' THEN 'in_digest' WHEN 'created' THEN 'told' WHEN 'sent' THEN 'told'
                        ELSE n.state END AS outcome,
           n.reason,
           CASE WHEN n.kind = 'digest' THEN jsonb_array_length(n.parameters -> 'items') END AS items,
           CASE WHEN n.kind = 'silence' THEN jsonb_array_length(n.parameters -> 'units') END AS silent_units
    FROM notices n
    LEFT JOIN obligations o ON o.id = n.obligation_id
    LEFT JOIN silences s ON s.id = n.silence_id
    WHERE n.obligation_id = ANY(:ids) OR n.silence_id = ANY(:silences)
       OR n.id IN (SELECT m.digest_id FROM notices m WHERE m.obligation_id = ANY(:ids))
    ORDER BY n.made_at, n.due_on, n.unit_code, n.recipient_name, n.step, n.channel, n.id
    """
)


class SimulationRepository:
    """The sandbox: its rows exist inside one savepoint only."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def copy(
        self, year: int, *, period: str | None, code: str | None, units: list[str] | None, most: int
    ) -> list[UUID]:
        """Copies of a year's duties with a deadline, at most so many."""
        values = {"year": year, "period": period, "code": code, "units": units, "most": most}
        return list((await self._session.execute(_COPY, values)).scalars())

    async def make_room(self, code: str) -> None:
        """Let no published policy of this code count."""
        await self._session.execute(_MAKE_ROOM, {"code": code})

    async def due(self, ids: Sequence[UUID], now: datetime) -> list[UUID]:
        """Those with a step that is due."""
        return list((await self._session.execute(_DUE, {"ids": list(ids), "now": now})).scalars())

    async def deliver(self, ids: Sequence[UUID], silences: Sequence[UUID], now: datetime) -> None:
        """Let everything made so far arrive."""
        await self._session.execute(_DELIVER, {"ids": list(ids), "silences": list(silences), "now": now})

    async def next_moment(self, ids: Sequence[UUID], silences: Sequence[UUID], now: datetime) -> datetime | None:
        """When something happens next, after `now`; None when nothing does any more."""
        values = {"ids": list(ids), "silences": list(silences), "now": now}
        moment: datetime | None = (await self._session.execute(_NEXT, values)).scalar_one()
        return moment

    async def told(self, ids: Sequence[UUID], silences: Sequence[UUID]) -> Sequence[Row[Any]]:
        """Every notice that was made, in the order of time."""
        return (await self._session.execute(_TOLD, {"ids": list(ids), "silences": list(silences)})).all()
