"""Making reminders due, in sets: one row for each recipient, step and channel before anything is sent."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_LOCK_DUE = text(
    """
    SELECT id FROM obligations WHERE next_step_at <= :now AND settled
    ORDER BY next_step_at, id LIMIT :batch FOR UPDATE SKIP LOCKED
    """
)
# Per duty, `rank` 1 is the newest step that is due; what an outage left behind it is skipped. A person addressed
# twice (responsible and superior in one) is told once, as the responsible.
_MAKE = text(
    """
    WITH pending AS (
        SELECT u.obligation_id, u.due_on, u.step,
               row_number() OVER (PARTITION BY u.obligation_id ORDER BY u.step DESC) AS rank
        FROM unhandled_steps u WHERE u.obligation_id = ANY(:ids) AND u.instant <= :now
    ), told AS (
        SELECT DISTINCT ON (p.obligation_id, p.step, a.person_id)
               p.obligation_id, p.due_on, p.step, p.rank, a.person_id, a.person_name, a.email, s.audience,
               s.template_code, policy.channels, policy.most_tries, policy.first_retry_seconds,
               policy.longest_retry_seconds, policy.give_up_seconds
        FROM pending p
        JOIN obligation_policies policy ON policy.obligation_id = p.obligation_id
        JOIN reminder_policy_steps s ON s.policy_id = policy.id AND s.step = p.step
        JOIN obligations duty ON duty.id = p.obligation_id
        JOIN addressees a ON a.obligation_id = p.obligation_id AND a.audience = s.audience
             AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today)
        ORDER BY p.obligation_id, p.step, a.person_id, s.audience, (a.role = duty.responsible) DESC, a.revision DESC
    )
    INSERT INTO notices (
        id, obligation_id, due_on, step, kind, unit_code, person_id, recipient_name, address, channel,
        template_code, template_version, parameters, state, reason, made_at, sent_at, attempts, refusals, most_tries,
        first_retry_seconds, longest_retry_seconds, next_try_at, leased_until, give_up_at)
    SELECT uuidv7(), o.id, t.due_on, t.step,
           CASE t.audience WHEN 'responsible' THEN 'reminder' ELSE 'escalation' END,
           o.unit_code, t.person_id, t.person_name, CASE channel WHEN 'email' THEN t.email END, channel,
           t.template_code, words.version,
           jsonb_build_object(
               'recipient', t.person_name, 'title', o.title, 'title_en', o.title_en, 'unit_name', o.unit_name,
               'person_name', (SELECT p.person_name FROM appointment_projections p WHERE p.person_id = o.person_id
                               ORDER BY p.revision DESC, p.id LIMIT 1),
               'source', o.source, 'opens_on', o.opens_on, 'due_on', t.due_on,
               'days_left', t.due_on - CAST(:today AS date), 'days_late', CAST(:today AS date) - t.due_on,
               'done', o.done, 'total', o.total),
           CASE WHEN t.rank > 1 THEN 'skipped' WHEN channel = 'inbox' THEN 'sent'
                WHEN t.email IS NULL THEN 'skipped' ELSE 'created' END,
           CASE WHEN t.rank > 1 THEN 'newer_step_due' WHEN channel = 'email' AND t.email IS NULL THEN 'no_address' END,
           :now, CASE WHEN t.rank = 1 AND channel = 'inbox' THEN CAST(:now AS timestamptz) END,
           0, 0, t.most_tries, t.first_retry_seconds, t.longest_retry_seconds, now(), now(),
           now() + make_interval(secs => t.give_up_seconds)
    FROM told t
    JOIN obligations o ON o.id = t.obligation_id
    CROSS JOIN LATERAL unnest(t.channels) AS channel
    JOIN LATERAL (SELECT version FROM notice_templates WHERE code = t.template_code AND valid_from <= :today
                  ORDER BY version DESC LIMIT 1) words ON true
    ON CONFLICT ON CONSTRAINT notices_once DO NOTHING
    """
)
_NOTE_STEPS = text(
    """
    INSERT INTO reminder_steps (obligation_id, due_on, step, outcome, reason, handled_at)
    SELECT p.obligation_id, p.due_on, p.step,
           CASE WHEN p.rank > 1 THEN 'skipped' WHEN p.made THEN 'noticed' ELSE 'no_recipient' END,
           CASE WHEN p.rank > 1 THEN 'newer_step_due' WHEN NOT p.made THEN 'nobody_appointed' END, :now
    FROM (SELECT u.obligation_id, u.due_on, u.step,
                 row_number() OVER (PARTITION BY u.obligation_id ORDER BY u.step DESC) AS rank,
                 EXISTS (SELECT FROM notices n WHERE n.obligation_id = u.obligation_id AND n.due_on = u.due_on
                         AND n.step = u.step) AS made
          FROM unhandled_steps u WHERE u.obligation_id = ANY(:ids) AND u.instant <= :now) p
    ON CONFLICT DO NOTHING
    """
)
_SUPERSEDE = text(
    """
    UPDATE notices n SET state = 'skipped', reason = 'newer_step_due'
    FROM obligations o
    WHERE o.id = ANY(:ids) AND n.obligation_id = o.id AND n.state = 'created'
      AND (n.due_on <> o.due_on
           OR n.step < (SELECT max(r.step) FROM reminder_steps r WHERE r.obligation_id = o.id AND r.due_on = o.due_on))
    """
)
_PLAN = text(
    """
    UPDATE obligations o
    SET next_step_at = (SELECT min(instant) FROM unhandled_steps u WHERE u.obligation_id = o.id)
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
          AND EXISTS (SELECT FROM addressees a
                      JOIN obligation_policies policy ON policy.obligation_id = a.obligation_id
                      JOIN reminder_policy_steps s ON s.policy_id = policy.id AND s.audience = a.audience
                      WHERE a.obligation_id = o.id AND s.step = r.step
                        AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today))
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
        return list((await self._session.execute(_LOCK_DUE, {"now": now, "batch": batch})).scalars())

    async def make(self, ids: Sequence[UUID], now: datetime, today: date) -> None:
        """Write the notices of every due step of these duties, note the steps, plan the next ones.

        Only the newest due step is for sending. Recipients are who holds the office on `today`.
        """
        values = {"ids": list(ids), "now": now}
        await self._session.execute(_MAKE, values | {"today": today})
        await self._session.execute(_NOTE_STEPS, values)
        await self._session.execute(_SUPERSEDE, {"ids": list(ids)})
        await self._session.execute(_PLAN, {"ids": list(ids)})

    async def reopen_unaddressed(self, today: date) -> None:
        """Take up again the steps for which nobody was appointed then and somebody is now."""
        await self._session.execute(_REOPEN, {"today": today})
