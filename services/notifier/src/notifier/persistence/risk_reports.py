"""Weekly reports of risk: which are due, and the notices of them."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.routing import with_routes

# The report of a week is for the policy's weekday; after an outage it is made late in that week, not twice.
_DUE = text(
    """
    SELECT DISTINCT ON (o.superior, o.superior_unit_code) o.superior, o.superior_unit_code, p.id AS policy_id,
           CAST(:today AS date) - ((extract(isodow FROM CAST(:today AS date))::integer - p.risk_weekday + 7) % 7)
               AS week_on
    FROM reminder_policies any_policy
    CROSS JOIN obligations o CROSS JOIN LATERAL policy_of(o) p
    WHERE any_policy.id = (SELECT id FROM reminder_policies WHERE state = 'published' AND risk_template IS NOT NULL
                           ORDER BY id LIMIT 1)
      AND o.state IN ('open', 'missed') AND o.superior IS NOT NULL AND p.risk_template IS NOT NULL
      AND step_instant(CAST(:today AS date), -((extract(isodow FROM CAST(:today AS date))::integer
                                                - p.risk_weekday + 7) % 7), p.risk_at) <= :now
      AND quiet_until(p, :now) IS NULL
      AND NOT EXISTS (SELECT FROM risk_reports r WHERE r.superior = o.superior
                      AND r.superior_unit_code = o.superior_unit_code AND r.week_on > CAST(:today AS date) - 7)
    ORDER BY o.superior, o.superior_unit_code, p.id
    """
)
_ADD = text(
    """
    INSERT INTO risk_reports (id, week_on, superior, superior_unit_code, policy_id, lines, made_at, noticed_at)
    SELECT uuidv7(), week_on, superior, superior_unit_code, policy_id, lines, :now,
           CASE WHEN lines = '[]' THEN CAST(:now AS timestamptz) END
    FROM jsonb_populate_recordset(NULL::risk_reports, CAST(:rows AS jsonb))
    ON CONFLICT (week_on, superior, superior_unit_code) DO NOTHING
    """
)
_NOTICE = text(
    with_routes("""
    WITH <words>, waiting AS (
        SELECT * FROM risk_reports WHERE noticed_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED
    ), addressed AS (
        SELECT DISTINCT ON (w.id, a.person_id) w.id AS report_id, w.policy_id, a.person_id, a.person_name, a.email,
               a.in_place_of, a.absent_name
        FROM waiting w JOIN reminder_policies p ON p.id = w.policy_id
        CROSS JOIN LATERAL office_recipients(w.superior, w.superior_unit_code, :today, p.tells_absent) a
        ORDER BY w.id, a.person_id, a.in_place_of NULLS FIRST, a.revision DESC
    ), told AS MATERIALIZED (
        SELECT row_number() OVER () AS told, a.*, 'risk' AS kind, NULL AS duty_code,
               p.risk_template AS template_code, p.chains
        FROM addressed a JOIN reminder_policies p ON p.id = a.policy_id
    ), <routed>, made AS (
        INSERT INTO notices (
            id, report_id, due_on, step, kind, unit_code, person_id, recipient_name, in_place_of, address,
            channel, fallbacks, template_code, template_form, template_version, parameters, <life>)
        SELECT uuidv7(), w.id, w.week_on, 0, 'risk', w.superior_unit_code, t.person_id, t.person_name, t.in_place_of,
               r.address, r.channel, r.fallbacks, t.template_code, r.form, r.words_version,
               jsonb_build_object('recipient', t.person_name || <standing in>, 'week_on', w.week_on, 'lines', w.lines),
               <begun>
        FROM routed r
        JOIN told t ON t.told = r.told
        JOIN waiting w ON w.id = t.report_id
        JOIN reminder_policies p ON p.id = t.policy_id
        WHERE r.words_version IS NOT NULL
        ON CONFLICT ON CONSTRAINT notices_once DO NOTHING
        RETURNING report_id
    )
    UPDATE risk_reports SET noticed_at = :now WHERE id IN (SELECT report_id FROM made)
    """)
)


class RiskReportRepository:
    """One report a week for each superior whose policy asks for it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(self, now: datetime, today: date) -> Sequence[Row[Any]]:
        """(superior, superior_unit_code, policy_id, week_on) of the reports that are to be made now."""
        return (await self._session.execute(_DUE, {"now": now, "today": today})).all()

    async def add(self, reports: Sequence[dict[str, Any]], now: datetime) -> None:
        """Keep reports; one without lines is kept and told to nobody."""
        rows = json.dumps(list(reports), ensure_ascii=False, default=str)
        await self._session.execute(_ADD, {"rows": rows, "now": now})

    async def make_notices(self, now: datetime, today: date) -> None:
        """Notices to who holds the superior's office on `today`; while nobody does, the report waits."""
        await self._session.execute(_NOTICE, {"now": now, "today": today})
