"""Deriving the state of duties from what happened, in sets: never by the order in which events came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

BATCH = 1000
"""Duties handled in one transaction: well within the statement timeout even on a machine that is busy."""

_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('notifier settlement', 0))")
_TAKE_DEEDS = text(
    """
    UPDATE fulfilments SET applied = true
    WHERE id IN (SELECT id FROM fulfilments WHERE NOT applied ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)
# Unconditional on `settled`: a settlement under way elsewhere must be waited for, it has not seen these deeds.
_TOUCH = text(
    """
    WITH touched AS (
        SELECT o.id FROM obligations o
        WHERE o.id IN (SELECT t.id FROM fulfilments f JOIN obligations t
                       ON t.about = f.about AND f.event_type = ANY(t.fulfilled_by) WHERE f.id = ANY(:deeds)
                       UNION SELECT obligation_id FROM obligation_waivers WHERE fulfilment_id = ANY(:deeds))
        ORDER BY o.id FOR UPDATE OF o)
    UPDATE obligations SET settled = false FROM touched WHERE obligations.id = touched.id
    """
)
_UNSETTLED = text("SELECT id FROM obligations WHERE NOT settled ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED")
_SETTLE = text(
    """
    WITH verdict AS (
        SELECT o.id, counted.done, counted.met_at,
               CASE WHEN counted.met_at IS NOT NULL THEN 'met'
                    WHEN o.waived_at IS NOT NULL
                         OR EXISTS (SELECT FROM obligation_waivers w WHERE w.obligation_id = o.id) THEN 'waived'
                    WHEN o.state = 'missed' AND o.due_at <= :now THEN 'missed'
                    ELSE 'open' END AS state,
               coalesce(counted.met_at >= o.due_at, false) AS late
        FROM obligations o CROSS JOIN LATERAL (
            SELECT least(count(*), o.total) AS done, (array_agg(at ORDER BY at, item))[o.total] AS met_at
            FROM (SELECT item, min(at) AS at FROM obligation_fulfilments WHERE obligation_id = o.id GROUP BY item) i
        ) counted
        WHERE o.id = ANY(:ids)
    ), planned AS (
        SELECT v.*, CASE WHEN v.state IN ('open', 'missed') THEN (SELECT min(instant) FROM unhandled_steps(o)) END
                    AS next_step_at
        FROM verdict v JOIN obligations o ON o.id = v.id
    ), verdicts AS (
        SELECT p.*, (o.done, o.state, o.late, o.met_at, o.next_step_at)
                    IS DISTINCT FROM (p.done, p.state, p.late, p.met_at, p.next_step_at) AS changed
        FROM planned p JOIN obligations o ON o.id = p.id
    )
    UPDATE obligations o
    SET done = v.done, met_at = v.met_at, state = v.state, late = v.late,
        missed_at = CASE WHEN v.late THEN coalesce(o.missed_at, :now)
                         WHEN v.state IN ('missed', 'waived') THEN o.missed_at END,
        silence_due = o.silence_due AND v.state = 'missed',
        told_missed = o.told_missed AND v.state = 'missed',
        next_step_at = v.next_step_at, settled = true,
        updated_at = CASE WHEN v.changed THEN now() ELSE o.updated_at END,
        version = o.version + CASE WHEN v.changed THEN 1 ELSE 0 END
    FROM verdicts v WHERE o.id = v.id
    RETURNING o.id, o.code, o.period, o.unit_code, o.due_on, o.year, o.person_id, o.producer_id,
              o.met_at, o.late, o.state, o.version, old.state AS state_before, old.late AS late_before,
              old.told_missed AS told_missed
    """
)
_MISS = text(
    """
    UPDATE obligations o
    SET state = 'missed', missed_at = :now, updated_at = now(), version = o.version + 1,
        told_missed = o.person_id IS NULL AND o.producer_id IS NULL,
        silence_due = o.person_id IS NULL AND o.producer_id IS NULL AND o.superior IS NOT NULL
            AND EXISTS (SELECT FROM policy_of(o) p WHERE p.silence_template IS NOT NULL)
    WHERE o.id IN (SELECT id FROM obligations late WHERE state = 'open' AND settled AND due_at <= :now
                   AND (CAST(:only AS uuid[]) IS NULL OR id = ANY(:only))
                   AND NOT EXISTS (SELECT FROM fulfilments f WHERE f.about = late.about AND NOT f.applied)
                   ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING o.id, o.code, o.period, o.unit_code, o.due_on, o.year, o.person_id, o.producer_id, o.version
    """
)


class Settlement:
    """The derived half of obligations."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def alone(self) -> bool:
        """Whether this transaction may settle: one at a time, so that none judges by what another half applied."""
        return bool((await self._session.execute(_ALONE)).scalar_one())

    async def settle(self, now: datetime) -> tuple[Sequence[Row[Any]], bool]:
        """Apply deeds and duties that are new; returns each settled duty with its state before, and if that was all."""
        deeds = (await self._session.execute(_TAKE_DEEDS, {"batch": BATCH})).scalars().all()
        if deeds:
            await self._session.execute(_TOUCH, {"deeds": list(deeds)})
        ids: Sequence[UUID] = (await self._session.execute(_UNSETTLED, {"batch": BATCH})).scalars().all()
        if not ids:
            return [], len(deeds) < BATCH
        rows = (await self._session.execute(_SETTLE, {"ids": list(ids), "now": now})).all()
        return rows, max(len(deeds), len(ids)) < BATCH

    async def miss(self, now: datetime, only: list[UUID] | None = None) -> Sequence[Row[Any]]:
        """Mark what is open past its deadline as missed and return it; `only` among these duties, where given."""
        return (await self._session.execute(_MISS, {"now": now, "batch": BATCH, "only": only})).all()

    async def unsettle_outstanding(self) -> None:
        """Have every outstanding duty settled anew, because policies changed."""
        await self._session.execute(text("UPDATE obligations SET settled = false WHERE state IN ('open', 'missed')"))
