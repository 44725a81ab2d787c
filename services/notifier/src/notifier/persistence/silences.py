"""Silences: the units that had sent nothing when a deadline passed, told once to their superior."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.routing import with_routes

# A deadline of which some duty is still to be marked waits for the next round: its report must name all.
_REPORT = text(
    """
    WITH due AS (
        SELECT o.id FROM obligations o
        WHERE o.silence_due AND (CAST(:only AS uuid[]) IS NULL OR o.id = ANY(:only)) AND NOT EXISTS (
            SELECT FROM obligations other WHERE other.deadline_key = o.deadline_key AND other.due_on = o.due_on
            AND other.state = 'open' AND other.due_at <= :now)
        ORDER BY o.id FOR UPDATE
    ), told AS (
        UPDATE obligations o SET silence_due = false FROM due WHERE o.id = due.id AND o.silence_due
        RETURNING o.*, (SELECT p.id FROM policy_of(o) p) AS policy_id
    )
    INSERT INTO silences (id, deadline_key, code, title, title_en, year, period, due_on, superior, superior_unit_code,
                          units, asked, silent_at, policy_id)
    SELECT uuidv7(), t.deadline_key, min(t.code), min(t.title), min(t.title_en), min(t.year), min(t.period), t.due_on,
           t.superior, t.superior_unit_code,
           jsonb_agg(DISTINCT jsonb_build_object('code', t.unit_code, 'name', coalesce(t.unit_name, t.unit_code))),
           (SELECT count(DISTINCT a.unit_code) FROM obligations a
            WHERE a.deadline_key = t.deadline_key AND a.due_on = t.due_on
              AND a.superior = t.superior AND a.superior_unit_code = t.superior_unit_code),
           :now, min(t.policy_id)
    FROM told t
    GROUP BY t.deadline_key, t.due_on, t.superior, t.superior_unit_code
    ON CONFLICT (deadline_key, due_on, superior, superior_unit_code) DO NOTHING
    RETURNING id
    """
)
_NOTICE = text(
    with_routes("""
    WITH <words>, waiting AS (
        SELECT s.* FROM silences s JOIN reminder_policies p ON p.id = s.policy_id
        WHERE s.noticed_at IS NULL AND quiet_until(p, :now) IS NULL
          AND (CAST(:only AS uuid[]) IS NULL OR s.id = ANY(:only)) ORDER BY s.id FOR UPDATE OF s SKIP LOCKED
    ), addressed AS (
        SELECT DISTINCT ON (w.id, a.person_id) w.id AS silence_id, w.policy_id, w.code AS duty_code,
               a.person_id, a.person_name, a.email, a.in_place_of, a.absent_name
        FROM waiting w JOIN reminder_policies p ON p.id = w.policy_id
        CROSS JOIN LATERAL office_recipients(w.superior, w.superior_unit_code, :today, p.tells_absent) a
        ORDER BY w.id, a.person_id, a.in_place_of NULLS FIRST, a.revision DESC
    ), told AS MATERIALIZED (
        SELECT row_number() OVER () AS told, a.*, 'silence' AS kind, p.silence_template AS template_code,
               p.chains
        FROM addressed a JOIN reminder_policies p ON p.id = a.policy_id
    ), <routed>, made AS (
        INSERT INTO notices (
            id, silence_id, due_on, step, kind, unit_code, person_id, recipient_name, in_place_of, address,
            channel, fallbacks, template_code, template_form, template_version, parameters, <life>)
        SELECT uuidv7(), w.id, w.due_on, 0, 'silence', w.superior_unit_code, t.person_id, t.person_name, t.in_place_of,
               r.address, r.channel, r.fallbacks, t.template_code, r.form, r.words_version,
               jsonb_build_object('recipient', t.person_name || <standing in>, 'title', w.title, 'title_en', w.title_en,
                                  'due_on', w.due_on, 'units', w.units, 'asked', w.asked),
               <begun>
        FROM routed r
        JOIN told t ON t.told = r.told
        JOIN waiting w ON w.id = t.silence_id
        JOIN reminder_policies p ON p.id = t.policy_id
        WHERE r.words_version IS NOT NULL
        ON CONFLICT ON CONSTRAINT notices_once DO NOTHING
        RETURNING silence_id
    )
    UPDATE silences SET noticed_at = :now WHERE id IN (SELECT silence_id FROM made)
    """)
)


class SilenceRepository:
    """Writes the report of each deadline's silences, and the notices of it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def report(self, now: datetime, only: list[UUID] | None = None) -> list[UUID]:
        """One row for each deadline and superior, naming every unit that sent nothing; returns the new rows.

        `only` among these duties, where given.
        """
        return list((await self._session.execute(_REPORT, {"now": now, "only": only})).scalars())

    async def make_notices(self, now: datetime, today: date, only: list[UUID] | None = None) -> None:
        """Notices to who holds the superior's office on `today`; while nobody does, or in quiet hours, it waits.

        `only` of these reports, where given.
        """
        await self._session.execute(_NOTICE, {"now": now, "today": today, "only": only})
