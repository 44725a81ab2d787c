"""Deleting what can be read, a bounded batch at a time, and keeping what proves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.retention import Retention

BATCH = 500

_OVER = text(
    """
    SELECT n.id, n.kind, n.template_form, n.parameters, t.subject, t.body, t.fields
    FROM notices n
    JOIN notice_templates t ON t.code = n.template_code AND t.form = n.template_form AND t.version = n.template_version
    WHERE n.kind = :kind AND n.forgotten_at IS NULL
      AND n.made_at < CAST(:now AS timestamptz) - make_interval(days => :days)
      AND n.state NOT IN ('created', 'held', 'sending', 'handed')
    ORDER BY n.made_at LIMIT :batch FOR UPDATE OF n SKIP LOCKED
    """
)
_FORGET = text(
    """
    UPDATE notices n SET content_digest = d.digest, parameters = '{}', address = NULL, last_error = NULL,
                         forgotten_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:digests AS text[])) AS d (id, digest)
    WHERE n.id = d.id AND n.forgotten_at IS NULL
    """
)
_REMOVED = text(
    """
    DELETE FROM contacts WHERE id IN (
        SELECT id FROM contacts WHERE removed_at < CAST(:now AS timestamptz) - make_interval(days => :days)
        ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED)
    """
)
_CODES = text(
    """
    DELETE FROM contact_codes WHERE id IN (
        SELECT id FROM contact_codes WHERE asked_at < now() - make_interval(days => :days)
        ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED)
    """
)
# Gone: the last office ended so long ago. Who never held one that we know of is given the same time in real days.
_GONE = """
    SELECT p.person_id FROM (<people>) p
    WHERE NOT EXISTS (SELECT FROM appointment_projections a WHERE a.person_id = p.person_id
                      AND (a.valid_to IS NULL OR a.valid_to >= public.legal_date(:now) - CAST(:days AS integer)))
      AND (EXISTS (SELECT FROM appointment_projections a WHERE a.person_id = p.person_id)
           OR p.since < now() - make_interval(days => :days))
    LIMIT :batch
"""


def _farewell(delete: str, people: str) -> TextClause:
    """Delete what they left who hold no office any more. `people`: who left something, since when."""
    return text(delete.replace("<gone>", _GONE.replace("<people>", people)))


_FAREWELL = (
    _farewell(
        "DELETE FROM contacts WHERE person_id IN (<gone>)",
        "SELECT person_id, max(created_at) AS since FROM contacts GROUP BY person_id",
    ),
    _farewell(
        "DELETE FROM person_settings WHERE person_id IN (<gone>)",
        "SELECT person_id, updated_at AS since FROM person_settings",
    ),
    _farewell(
        "DELETE FROM opt_outs WHERE person_id IN (<gone>)",
        "SELECT person_id, now() AS since FROM opt_outs GROUP BY person_id",
    ),
)
_OFFICE_MAIL = text(
    """
    UPDATE appointment_projections SET email = NULL WHERE id IN (
        SELECT a.id FROM appointment_projections a
        WHERE a.email IS NOT NULL AND a.valid_to < public.legal_date(:now) - CAST(:days AS integer)
          AND NOT EXISTS (SELECT FROM appointment_projections b WHERE b.person_id = a.person_id
                          AND (b.valid_to IS NULL OR b.valid_to >= public.legal_date(:now) - CAST(:days AS integer)))
        ORDER BY a.id LIMIT :batch FOR UPDATE SKIP LOCKED)
    """
)


class RetentionRepository:
    """What has served its time."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def over(self, kind: str, days: int, now: datetime) -> Sequence[Row[Any]]:
        """Ended notices of a kind whose time to be read is over, oldest first, locked."""
        values = {"kind": kind, "days": days, "now": now, "batch": BATCH}
        return (await self._session.execute(_OVER, values)).all()

    async def forget(self, digests: Mapping[UUID, str | None], now: datetime) -> None:
        """Delete words, parameters, addresses and errors of notices; keep the digest of what was told."""
        values = {"ids": list(digests), "digests": list(digests.values()), "now": now}
        await self._session.execute(_FORGET, values)

    async def forget_contacts(self, periods: Retention, now: datetime) -> None:
        """Delete addresses that were removed, codes that are old, and whatever those chose who hold no office."""
        await self._session.execute(_REMOVED, {"now": now, "days": periods.removed_days, "batch": BATCH})
        await self._session.execute(_CODES, {"days": periods.codes_days, "batch": BATCH})
        gone = {"now": now, "days": periods.without_office_days, "batch": BATCH}
        for statement in _FAREWELL:
            await self._session.execute(statement, gone)
        await self._session.execute(_OFFICE_MAIL, gone)
