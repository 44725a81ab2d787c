"""Obligations: what their source events ask, and reads within the caller's scope."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, text, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.access import Scope
from notifier.domain.duties import Duty
from notifier.persistence.tables.obligations import Obligation
from shared.clock import end_of
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound
from shared.ids import new_id

LAST_DATE = date(9999, 12, 31)
# What an official decided stands while the source asks the same; another date, or the duty asked anew, ends it.
_MOVED = """o.moved_at IS NOT NULL AND excluded.asked_due_on IS NOT DISTINCT FROM o.asked_due_on
                AND NOT coalesce(excluded.counts_from > o.moved_at, false)"""
# One static statement: what the sources state is passed as JSON, so that many duties cost one round trip.
_SET = text(
    """
    WITH given AS (
        SELECT * FROM jsonb_populate_recordset(NULL::obligations, CAST(:rows AS jsonb)) ORDER BY source_id
    ), written AS (
        INSERT INTO obligations AS o (
            id, source_kind, source_id, revision, deadline_key, code, title, title_en, source, year, period, unit_code,
            unit_name, level, responsible, superior, superior_unit_code, person_id, producer_id, opens_on, due_on,
            due_at, listed_on, about, fulfilled_by, counts_from, waived_by, waived_about, total, asked_due_on,
            allowed_acts, unit_on, version, done, state, late, settled, silence_due)
        SELECT id, source_kind, source_id, revision, deadline_key, code, title, title_en, source, year, period,
            unit_code, unit_name, level, responsible, superior, superior_unit_code, person_id, producer_id, opens_on,
            due_on, due_at, listed_on, about, fulfilled_by, counts_from, waived_by, waived_about, total, due_on,
            allowed_acts, unit_on, 1, 0, 'open', false, false, false
        FROM given
        ON CONFLICT (source_kind, source_id) DO UPDATE SET
            revision = excluded.revision, deadline_key = excluded.deadline_key, code = excluded.code,
            title = excluded.title, title_en = excluded.title_en, source = excluded.source, year = excluded.year,
            period = excluded.period, unit_code = excluded.unit_code, unit_name = excluded.unit_name,
            level = excluded.level, responsible = excluded.responsible, superior = excluded.superior,
            superior_unit_code = excluded.superior_unit_code, person_id = excluded.person_id,
            producer_id = excluded.producer_id, opens_on = excluded.opens_on, about = excluded.about,
            due_on = CASE WHEN <moved> THEN o.due_on ELSE excluded.due_on END,
            due_at = CASE WHEN <moved> THEN o.due_at ELSE excluded.due_at END,
            listed_on = CASE WHEN <moved> THEN o.listed_on ELSE excluded.listed_on END,
            moved_at = CASE WHEN <moved> THEN o.moved_at END, asked_due_on = excluded.asked_due_on,
            waived_at = CASE WHEN excluded.counts_from > o.waived_at THEN NULL ELSE o.waived_at END,
            allowed_acts = excluded.allowed_acts, unit_on = excluded.unit_on,
            fulfilled_by = excluded.fulfilled_by, counts_from = excluded.counts_from, waived_by = excluded.waived_by,
            waived_about = excluded.waived_about, total = excluded.total, done = least(o.done, excluded.total),
            late = coalesce(o.met_at >= CASE WHEN <moved> THEN o.due_at ELSE excluded.due_at END, false),
            settled = false, next_step_at = NULL,
            version = o.version + 1, updated_at = now()
        WHERE excluded.revision > o.revision
        RETURNING id, source_kind, source_id
    )
    INSERT INTO deadline_revisions (obligation_id, revision, due_on, source)
    SELECT coalesce(w.id, o.id), g.revision, g.due_on, g.source
    FROM given g
    LEFT JOIN written w ON w.source_kind = g.source_kind AND w.source_id = g.source_id
    LEFT JOIN obligations o ON o.source_kind = g.source_kind AND o.source_id = g.source_id
    ON CONFLICT DO NOTHING
    """.replace("<moved>", _MOVED)
)
_DEADLINES = """
    (SELECT coalesce(jsonb_agg(jsonb_build_object('revision', r.revision, 'due_on', r.due_on, 'source', r.source)
                               ORDER BY r.revision), '[]')
     FROM deadline_revisions r WHERE r.obligation_id = obligations.id)
"""
_STEPS = """
    (SELECT coalesce(jsonb_agg(jsonb_build_object('due_on', s.due_on, 'step', s.step, 'outcome', s.outcome,
                               'reason', s.reason, 'handled_at', s.handled_at) ORDER BY s.handled_at, s.step), '[]')
     FROM reminder_steps s WHERE s.obligation_id = obligations.id)
"""
_ACTS = """
    (SELECT coalesce(jsonb_agg(jsonb_build_object('act', a.act, 'due_before', a.due_before, 'due_after', a.due_after,
                               'state_before', a.state_before, 'reason', a.reason, 'document', a.document,
                               'person_id', a.person_id, 'person_name', a.person_name, 'at', a.at) ORDER BY a.id), '[]')
     FROM duty_acts a WHERE a.obligation_id = obligations.id)
"""
_SORT = (Obligation.__table__.c.listed_on, Obligation.__table__.c.id)


@dataclass(frozen=True, slots=True)
class ObligationFilter:
    """What a list is narrowed to; None means any."""

    unit_code: str | None = None
    state: str | None = None
    code: str | None = None
    year: int | None = None
    period: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class ObligationHistory:
    """A duty, every due date its source asked, every step handled, what was decided; all but the first as JSON."""

    row: Obligation
    deadlines: list[Any]
    steps: list[Any]
    acts: list[Any]


def visible_to(scope: Scope) -> ColumnElement[bool]:
    """The obligations within the caller's scope: own unit, own person, own producer, or those they stand above."""
    if scope.all:
        return true()
    ways = [Obligation.person_id == scope.person_id]
    if scope.units:
        nobodys = and_(Obligation.person_id.is_(None), Obligation.producer_id.is_(None))
        ways.append(and_(Obligation.unit_code.in_(sorted(scope.units)), nobodys))
    if scope.producers:
        ways.append(Obligation.producer_id.in_(sorted(scope.producers)))
    if scope.offices:
        ways.append(tuple_(Obligation.superior, Obligation.superior_unit_code).in_(sorted(scope.offices)))
    return or_(*ways)


class ObligationRepository:
    """Writes duties as their sources state them and reads them; settling them is `Settlement`'s."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def set(self, duties: Sequence[Duty]) -> None:
        """Keep each duty as of its highest revision, and every due date it ever had."""
        rows = json.dumps([_row(duty) for duty in duties], ensure_ascii=False, default=str)
        await self._session.execute(_SET, {"rows": rows})

    async def page(
        self, scope: Scope, narrow: ObligationFilter, page: PageRequest
    ) -> tuple[list[Obligation], str | None]:
        """A page by due date, those without one last."""
        statement = self._narrowed(scope, narrow)
        rows, following = await fetch_page(self._session, statement, _SORT, page)
        return [row[0] for row in rows], following

    async def silent_page(
        self, scope: Scope, narrow: ObligationFilter, page: PageRequest
    ) -> tuple[list[Obligation], str | None]:
        """A page of the units' duties for which nothing had come by the deadline, newest deadline first."""
        statement = self._narrowed(scope, narrow).where(
            Obligation.missed_at.is_not(None), Obligation.person_id.is_(None), Obligation.producer_id.is_(None)
        )
        rows, following = await fetch_page(self._session, statement, _SORT, page, descending=True)
        return [row[0] for row in rows], following

    async def get(self, scope: Scope, obligation_id: UUID) -> ObligationHistory:
        """A duty with its history. Raises NotFound when it is unknown or out of scope."""
        history = [literal_column(sql, JSONB) for sql in (_DEADLINES, _STEPS, _ACTS)]
        statement = select(Obligation, *history).where(Obligation.id == obligation_id, visible_to(scope))
        found: Any = (await self._session.execute(statement)).one_or_none()
        if found is None:
            raise NotFound("Không có nghĩa vụ này.", "There is no such obligation.")
        return ObligationHistory(*found)

    async def lock(self, scope: Scope, obligation_id: UUID) -> Obligation:
        """A duty that is going to be changed. Raises NotFound when it is unknown or out of scope."""
        statement = select(Obligation).where(Obligation.id == obligation_id, visible_to(scope)).with_for_update()
        found = (await self._session.execute(statement)).scalar_one_or_none()
        if found is None:
            raise NotFound("Không có nghĩa vụ này.", "There is no such obligation.")
        return found

    @staticmethod
    def _narrowed(scope: Scope, narrow: ObligationFilter) -> Select[Obligation]:
        statement = select(Obligation).where(visible_to(scope))
        for name in ("unit_code", "state", "code", "year", "period"):
            value = getattr(narrow, name)
            if value is not None:
                statement = statement.where(getattr(Obligation, name) == value)
        if narrow.q:
            plain = narrow.q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
            statement = statement.where(Obligation.search.like(func.concat("%", func.vi_fold(plain), "%")))
        return statement


def _row(duty: Duty) -> dict[str, Any]:
    return asdict(duty) | {
        "id": new_id(),
        "due_at": end_of(duty.due_on).isoformat() if duty.due_on else None,
        "counts_from": duty.counts_from.isoformat() if duty.counts_from else None,
        "listed_on": duty.due_on or LAST_DATE,
        "asked_due_on": duty.due_on,
    }
