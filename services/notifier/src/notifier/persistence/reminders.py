"""Making reminders due, in sets: one row for each recipient, step and channel before anything is sent."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.routing import with_routes

REMINDERS = 1000
"""Duties reminded of in one transaction: each may make a dozen rows, and a statement has 5 s on a busy machine."""

_LOCK_DUE = text(
    """
    SELECT id FROM obligations WHERE next_step_at <= :now AND settled
    ORDER BY next_step_at, id LIMIT :batch FOR UPDATE SKIP LOCKED
    """
)
# In quiet hours nothing is made: what is due then waits, and is judged anew when they end. Each duty's policy is looked
# up only where some policy has its quiet hours now.
_WAIT = text(
    """
    UPDATE obligations o SET next_step_at = quiet_until(p, :now) FROM obligations duty CROSS JOIN policy_of(duty) p
    WHERE EXISTS (SELECT FROM reminder_policies q WHERE quiet_until(q, :now) IS NOT NULL)
      AND duty.id = ANY(:ids) AND o.id = duty.id AND quiet_until(p, :now) IS NOT NULL
    RETURNING o.id
    """
)
# Per duty only the newest step that is due is for sending: what an outage left behind it is skipped, and so is a step
# before the deadline once that has passed. A person addressed twice (responsible and superior in one) is told once,
# as the responsible. Notices, the note of each step and the time of the next one are one statement, since finding a
# duty's steps costs as much as writing a notice.
_MAKE = text(
    with_routes("""
    WITH <words>, steps AS MATERIALIZED (
        SELECT o.id AS obligation_id, o.due_on, o.due_at, u.policy_id, u.step, u.instant, u.instant <= :now AS due,
               max(u.step) FILTER (WHERE u.instant <= :now) OVER (PARTITION BY o.id) AS newest
        FROM obligations o CROSS JOIN LATERAL unhandled_steps(o) u
        WHERE o.id = ANY(:ids)
    ), pending AS MATERIALIZED (
        SELECT obligation_id, due_on, policy_id, step, instant,
               CASE WHEN step < newest THEN 'newer_step_due'
                    WHEN step <= 0 AND due_at <= :now THEN 'deadline_passed' END AS skipped
        FROM steps WHERE due
    ), addressed AS (
        SELECT DISTINCT ON (p.obligation_id, p.step, a.person_id)
               p.obligation_id, p.policy_id, p.step, p.instant, p.skipped, a.person_id, a.person_name, a.email,
               s.audience, s.template_code, s.chains, duty.code AS duty_code,
               a.in_place_of, a.absent_name
        FROM pending p
        JOIN obligations duty ON duty.id = p.obligation_id
        JOIN reminder_policy_steps s ON s.policy_id = p.policy_id AND s.step = p.step
        CROSS JOIN LATERAL recipients(duty, :today, s.audience) a
        ORDER BY p.obligation_id, p.step, a.person_id,
                 array_position(ARRAY['responsible', 'superior'], s.audience), s.audience,
                 (a.role = duty.responsible) DESC, a.in_place_of NULLS FIRST, a.revision DESC
    ), told AS MATERIALIZED (
        SELECT row_number() OVER () AS told, a.obligation_id, a.policy_id, a.step, a.skipped, a.person_id,
               a.person_name, a.email, a.audience, a.template_code, a.duty_code,
               a.in_place_of, a.absent_name,
               CASE a.audience WHEN 'responsible' THEN 'reminder' ELSE 'escalation' END AS kind,
               CASE WHEN a.skipped IS NULL THEN coalesce(a.chains, p.chains)
                    ELSE jsonb_build_array(coalesce(a.chains, p.chains) -> 0) END AS chains,
               CASE WHEN a.step < p.digest_immediate_from THEN digest_moment(p, a.instant) END AS held_until
        FROM addressed a JOIN reminder_policies p ON p.id = a.policy_id
    ), <routed>, said AS MATERIALIZED (
        SELECT o.id, o.due_on, o.unit_code,
               jsonb_build_object(
                   'title', o.title, 'title_en', o.title_en, 'unit_name', o.unit_name,
                   'person_name', (SELECT p.person_name FROM appointment_projections p WHERE p.person_id = o.person_id
                                   ORDER BY p.revision DESC, p.id LIMIT 1),
                   'source', o.source, 'opens_on', o.opens_on, 'due_on', o.due_on,
                   'days_left', o.due_on - CAST(:today AS date), 'days_late', CAST(:today AS date) - o.due_on,
                   'done', o.done, 'total', o.total) AS words
        FROM obligations o WHERE o.id = ANY(:ids)
    ), made AS (
        INSERT INTO notices (
            id, obligation_id, due_on, step, kind, unit_code, person_id, recipient_name, in_place_of, address,
            channel, fallbacks, template_code, template_form, template_version, parameters, state, reason, held_until,
            made_at, sent_at, attempts, refusals, most_tries, first_retry_seconds, longest_retry_seconds, next_try_at,
            leased_until, give_up_at)
        SELECT uuidv7(), o.id, o.due_on, t.step, t.kind, o.unit_code, t.person_id, t.person_name, t.in_place_of,
               r.address, r.channel,
               CASE WHEN t.skipped IS NULL THEN r.fallbacks ELSE '{}' END,
               t.template_code, r.form, r.words_version,
               o.words || jsonb_build_object('recipient', t.person_name || <standing in>),
               CASE WHEN coalesce(t.skipped, r.obstacle) IS NOT NULL THEN 'skipped'
                    WHEN t.held_until IS NOT NULL THEN 'held'
                    WHEN r.sends THEN 'created' ELSE 'sent' END,
               coalesce(t.skipped, r.obstacle),
               CASE WHEN coalesce(t.skipped, r.obstacle) IS NULL THEN t.held_until END,
               :now,
               CASE WHEN coalesce(t.skipped, r.obstacle, t.held_until::text) IS NULL AND NOT r.sends
                    THEN CAST(:now AS timestamptz) END,
               0, 0, policy.most_tries, policy.first_retry_seconds, policy.longest_retry_seconds, now(), now(),
               now() + make_interval(secs => policy.give_up_seconds)
        FROM routed r
        JOIN told t ON t.told = r.told
        JOIN said o ON o.id = t.obligation_id
        JOIN reminder_policies policy ON policy.id = t.policy_id
        WHERE r.words_version IS NOT NULL
        ON CONFLICT ON CONSTRAINT notices_once DO NOTHING
        RETURNING obligation_id, step
    ), noted AS (
        INSERT INTO reminder_steps (obligation_id, due_on, step, outcome, reason, handled_at)
        SELECT p.obligation_id, p.due_on, p.step,
               CASE WHEN p.skipped IS NOT NULL THEN 'skipped' WHEN n.told THEN 'noticed' ELSE 'no_recipient' END,
               CASE WHEN p.skipped IS NOT NULL THEN p.skipped WHEN n.told IS NULL THEN 'nobody_appointed' END, :now
        FROM pending p LEFT JOIN (
            SELECT obligation_id, step, true AS told FROM made
            UNION SELECT n.obligation_id, n.step, true FROM pending q
                  JOIN notices n ON n.obligation_id = q.obligation_id AND n.due_on = q.due_on AND n.step = q.step) n
            ON n.obligation_id = p.obligation_id AND n.step = p.step
        ON CONFLICT DO NOTHING
    )
    UPDATE obligations o SET next_step_at = later.instant, version = o.version + 1, updated_at = now()
    FROM (SELECT i.id, min(s.instant) AS instant
          FROM unnest(CAST(:ids AS uuid[])) AS i (id)
          LEFT JOIN steps s ON s.obligation_id = i.id AND NOT s.due AND s.step > coalesce(s.newest, s.step - 1)
          GROUP BY i.id) later
    WHERE o.id = later.id
    """)
)
_SUPERSEDE = text(
    """
    UPDATE notices n SET state = 'skipped', reason = 'newer_step_due'
    FROM obligations o
    WHERE o.id = ANY(:ids) AND n.obligation_id = o.id AND n.state IN ('created', 'held')
      AND (n.due_on <> o.due_on
           OR n.step < (SELECT max(r.step) FROM reminder_steps r WHERE r.obligation_id = o.id AND r.due_on = o.due_on))
    """
)
_PLAN = text(
    """
    UPDATE obligations o
    SET next_step_at = (SELECT min(instant) FROM unhandled_steps(o)), version = o.version + 1, updated_at = now()
    WHERE o.id = ANY(:ids)
    """
)
_REOPEN = text(
    """
    WITH reopened AS (
        DELETE FROM reminder_steps r USING obligations o
        WHERE r.outcome = 'no_recipient' AND o.id = r.obligation_id AND o.due_on = r.due_on
          AND o.state IN ('open', 'missed')
          AND NOT EXISTS (SELECT FROM reminder_steps later WHERE later.obligation_id = r.obligation_id
                          AND later.due_on = r.due_on AND later.step > r.step AND later.outcome = 'noticed')
          AND EXISTS (SELECT FROM policy_of(o) p
                      JOIN reminder_policy_steps s ON s.policy_id = p.id AND s.step = r.step
                      JOIN LATERAL addressees(o, :today) a ON a.audience = s.audience)
        RETURNING r.obligation_id)
    UPDATE obligations SET settled = false WHERE id IN (SELECT obligation_id FROM reopened)
    """
)


class ReminderRepository:
    """Steps of policies and the notices they make."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_due(self, now: datetime, batch: int) -> list[UUID]:
        """Duties with a step that is due, locked; those another sweeper has are left to it."""
        due = list((await self._session.execute(_LOCK_DUE, {"now": now, "batch": batch})).scalars())
        return await self.after_quiet_hours(due, now)

    async def after_quiet_hours(self, ids: Sequence[UUID], now: datetime) -> list[UUID]:
        """Those of these duties that may be told of now; the others are put off to the end of their quiet hours."""
        waiting = set((await self._session.execute(_WAIT, {"ids": list(ids), "now": now})).scalars()) if ids else set()
        return [one for one in ids if one not in waiting]

    async def make(self, ids: Sequence[UUID], now: datetime, today: date) -> None:
        """Write the notices of every due step of these duties, note the steps, plan the next ones.

        Only the newest due step is for sending. Recipients are who holds the office on `today`.
        """
        await self._session.execute(_MAKE, {"ids": list(ids), "now": now, "today": today})
        await self._session.execute(_SUPERSEDE, {"ids": list(ids)})

    async def plan(self, ids: Sequence[UUID]) -> None:
        """Note when the next step of each of these duties falls."""
        await self._session.execute(_PLAN, {"ids": list(ids)})

    async def reopen_unaddressed(self, today: date) -> None:
        """Take up again the steps for which nobody was appointed then and somebody is now."""
        await self._session.execute(_REOPEN, {"today": today})
