"""Digests: what was held back for a person goes out as one notice that lists all of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.routing import with_routes

_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('notifier digests', 0))")
# What became pointless while it was held is looked up live, as for every other notice when it is sent.
_DROP = text(
    """
    UPDATE notices n SET state = 'cancelled', reason = CASE
        WHEN o.state NOT IN ('open', 'missed') THEN o.state
        WHEN o.due_on IS DISTINCT FROM n.due_on THEN 'deadline_moved' ELSE 'deadline_passed' END
    FROM obligations o
    WHERE n.state = 'held' AND n.held_until <= :now AND o.id = n.obligation_id
      AND (CAST(:only AS uuid[]) IS NULL OR o.id = ANY(:only))
      AND (o.state NOT IN ('open', 'missed') OR o.due_on IS DISTINCT FROM n.due_on
           OR n.step <= 0 AND o.due_at <= :now)
    """
)
# Who is absent now, or back, is looked up when the digest goes out: what was held for the one is told to the other.
# Where the policy tells both, each has a row already.
_READDRESS = text(
    """
    WITH ready AS (
        SELECT n.id, n.obligation_id, n.due_on, n.step, n.channel, n.in_place_of, p.tells_absent,
               coalesce(n.in_place_of, n.person_id) AS holder_id, n.person_id AS told_id
        FROM notices n JOIN obligations o ON o.id = n.obligation_id CROSS JOIN LATERAL policy_of(o) p
        WHERE n.state = 'held' AND n.held_until <= :now AND n.turn = 0
          AND (CAST(:only AS uuid[]) IS NULL OR o.id = ANY(:only))
          AND (n.kind <> 'reminder' OR o.person_id IS NULL AND o.producer_id IS NULL)
    ), found AS (
        SELECT r.*, coalesce(d.person_id, r.holder_id) AS person_id, d.person_id IS NOT NULL AS stands_in,
               coalesce(d.person_name, h.person_name) AS person_name
        FROM ready r
        LEFT JOIN LATERAL deputy_of(r.holder_id, CAST(:today AS date)) d ON true
        LEFT JOIN LATERAL (SELECT a.person_name FROM appointment_projections a WHERE a.person_id = r.holder_id
                           ORDER BY a.revision DESC, a.id LIMIT 1) h ON true
        WHERE NOT (r.tells_absent AND r.in_place_of IS NULL)
    ), moved AS (
        SELECT DISTINCT ON (f.obligation_id, f.due_on, f.step, f.channel, f.person_id) f.*,
               EXISTS (SELECT FROM notices t WHERE t.obligation_id = f.obligation_id AND t.person_id = f.person_id
                       AND t.due_on = f.due_on AND t.step = f.step AND t.channel = f.channel) AS told
        FROM found f WHERE f.person_id <> f.told_id
        ORDER BY f.obligation_id, f.due_on, f.step, f.channel, f.person_id, f.id
    )
    UPDATE notices n
    SET person_id = CASE WHEN m.told THEN n.person_id ELSE m.person_id END,
        recipient_name = CASE WHEN m.told THEN n.recipient_name ELSE m.person_name END,
        in_place_of = CASE WHEN m.told THEN n.in_place_of WHEN m.stands_in THEN m.holder_id END,
        state = CASE WHEN m.told THEN 'skipped' ELSE n.state END,
        reason = CASE WHEN m.told THEN 'deputy_told' ELSE n.reason END
    FROM moved m WHERE n.id = m.id AND n.state = 'held'
    """
)
# Waits until every step that is due was made, so that one digest holds all of a day. One a person, channel and day:
# what comes later waits for the next day.
_COMPOSE = text(
    with_routes("""
    WITH <words>, ready AS MATERIALIZED (
        SELECT n.id, n.person_id, n.channel, n.fallbacks, n.recipient_name, n.unit_code, n.most_tries,
               n.first_retry_seconds, n.longest_retry_seconds, p.give_up_seconds, p.digest_template,
               jsonb_build_object('title', o.title, 'title_en', o.title_en, 'unit_name', o.unit_name,
                                  'due_on', o.due_on, 'days_left', o.due_on - CAST(:today AS date),
                                  'done', o.done, 'total', o.total) AS item
        FROM notices n
        JOIN obligations o ON o.id = n.obligation_id
        CROSS JOIN LATERAL policy_of(o) p
        WHERE n.state = 'held' AND n.held_until <= :now
          AND (CAST(:only AS uuid[]) IS NULL OR o.id = ANY(:only))
          AND p.digest_template IS NOT NULL AND quiet_until(p, :now) IS NULL
          AND step_instant(CAST(:today AS date), 0, p.digest_at) <= :now
          AND NOT EXISTS (SELECT FROM obligations due WHERE due.settled AND due.next_step_at <= :now
                          AND (CAST(:only AS uuid[]) IS NULL OR due.id = ANY(:only)))
          AND NOT EXISTS (SELECT FROM notices d WHERE d.kind = 'digest' AND d.person_id = n.person_id
                          AND d.channel = n.channel AND d.due_on = CAST(:today AS date) AND d.step = :series)
    ), gathered AS (
        SELECT uuidv7() AS digest_id, r.person_id, r.channel, r.digest_template AS template_code,
               min(r.recipient_name) AS recipient_name, min(r.unit_code) AS unit_code,
               array_agg(r.id) AS members,
               jsonb_agg(r.item ORDER BY r.item ->> 'due_on', r.item ->> 'title', r.id) AS items,
               jsonb_build_array(jsonb_build_array(r.channel) || (jsonb_agg(to_jsonb(r.fallbacks) ORDER BY r.id) -> 0))
                   AS chains,
               max(r.most_tries) AS most_tries, min(r.first_retry_seconds) AS first_retry_seconds,
               max(r.longest_retry_seconds) AS longest_retry_seconds, max(r.give_up_seconds) AS give_up_seconds,
               (SELECT a.email FROM appointment_projections a WHERE a.person_id = r.person_id
                ORDER BY a.revision DESC, a.id LIMIT 1) AS email
        FROM ready r GROUP BY r.person_id, r.channel, r.digest_template
    ), told AS MATERIALIZED (
        SELECT digest_id AS told, 'digest' AS kind, NULL AS duty_code, * FROM gathered
    ), <routed>, made AS (
        INSERT INTO notices (
            id, due_on, step, kind, unit_code, person_id, recipient_name, address, channel, fallbacks,
            template_code, template_form, template_version, parameters, state, reason, made_at, sent_at, attempts,
            refusals, most_tries, first_retry_seconds, longest_retry_seconds, next_try_at, leased_until, give_up_at)
        SELECT t.digest_id, :today, :series, 'digest', t.unit_code, t.person_id, t.recipient_name, r.address, r.channel,
               r.fallbacks, t.template_code, r.form, r.words_version,
               jsonb_build_object('recipient', t.recipient_name, 'day', CAST(:today AS date), 'items', t.items),
               CASE WHEN r.obstacle IS NOT NULL THEN 'skipped' WHEN r.sends THEN 'created' ELSE 'sent' END, r.obstacle,
               :now, CASE WHEN r.obstacle IS NULL AND NOT r.sends THEN CAST(:now AS timestamptz) END,
               0, 0, t.most_tries, t.first_retry_seconds, t.longest_retry_seconds, now(), now(),
               now() + make_interval(secs => t.give_up_seconds)
        FROM routed r JOIN told t ON t.told = r.told
        WHERE r.words_version IS NOT NULL
        ON CONFLICT ON CONSTRAINT notices_once DO NOTHING
        RETURNING id
    )
    UPDATE notices n SET state = 'digested', digest_id = t.digest_id
    FROM made JOIN told t ON t.digest_id = made.id
    WHERE n.id = ANY(t.members) AND n.state = 'held'
    """)
)


class DigestRepository:
    """Gathers held notices."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def compose(self, now: datetime, today: date, only: list[UUID] | None = None) -> None:
        """One notice for each person and channel whose held ones are due; nothing while another process composes.

        `only` of these duties where given: a simulation's, which do not count as that day's digest of the person.
        """
        if only is None and not (await self._session.execute(_ALONE)).scalar_one():
            return
        await self._session.execute(_DROP, {"now": now, "only": only})
        await self._session.execute(_READDRESS, {"now": now, "today": today, "only": only})
        series = 0 if only is None else 1
        await self._session.execute(_COMPOSE, {"now": now, "today": today, "only": only, "series": series})
