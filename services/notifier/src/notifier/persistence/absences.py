"""Absences as they are declared; who is told meanwhile is decided by the functions `recipients`, `deputy_of`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.absences import Absence, Change, Office
from notifier.domain.reports import ABSENCE_TEMPLATE
from notifier.persistence.routing import with_routes
from notifier.persistence.tables.absences import AbsenceRow
from shared.db.pages import PageRequest, fetch_page

_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('notifier absences', 0))")
_OFFICES = text(
    """
    SELECT a.role, a.unit_code, a.person_name FROM appointment_projections a
    WHERE a.person_id = :person AND a.valid_from <= :from_on AND (a.valid_to IS NULL OR a.valid_to >= :to_on)
    ORDER BY a.revision DESC, a.id
    """
)
# Who stands above an office is known from the duties that it has or had.
_ABOVE = text(
    """
    SELECT EXISTS (
        SELECT FROM unnest(CAST(:roles AS text[]), CAST(:units AS text[])) AS own (role, unit_code)
        JOIN obligations o ON o.unit_code = own.unit_code AND o.responsible = own.role
        JOIN unnest(CAST(:above_roles AS text[]), CAST(:above_units AS text[])) AS above (role, unit_code)
             ON above.role = o.superior AND above.unit_code = o.superior_unit_code)
    """
)
# The tries and channels are the default policy's; the inbox has it in any case.
_TELL = text(
    with_routes("""
    WITH <words>, asked AS MATERIALIZED (
        SELECT b.id, b.deputy_id, b.deputy_name, b.person_name, b.from_on, b.to_on, office.email, office.unit_code
        FROM absences b LEFT JOIN LATERAL (
            SELECT a.email, a.unit_code FROM appointment_projections a WHERE a.person_id = b.deputy_id
            ORDER BY a.revision DESC, a.id LIMIT 1) office ON true
        WHERE b.id = :absence
    ), policy AS MATERIALIZED (
        SELECT * FROM reminder_policies WHERE state = 'published' AND code = '*'
        ORDER BY valid_from <= :today DESC, valid_from DESC LIMIT 1
    ), told AS MATERIALIZED (
        SELECT b.id AS told, b.deputy_id AS person_id, 'absence' AS kind, NULL AS duty_code,
               CAST(:template AS text) AS template_code, b.email,
               CASE WHEN p.chains @> '[["inbox"]]' THEN p.chains ELSE p.chains || '[["inbox"]]' END AS chains
        FROM asked b CROSS JOIN policy p
    ), <routed>
    INSERT INTO notices (
        id, absence_id, due_on, step, kind, unit_code, person_id, recipient_name, address, channel, fallbacks,
        template_code, template_form, template_version, parameters, <life>)
    SELECT uuidv7(), b.id, b.from_on, :change, 'absence', coalesce(b.unit_code, ''), b.deputy_id, b.deputy_name,
           r.address, r.channel, r.fallbacks, :template, r.form, r.words_version,
           jsonb_build_object('recipient', b.deputy_name, 'absent_name', b.person_name, 'from_on', b.from_on,
                              'to_on', b.to_on, 'cancelled', CAST(:cancelled AS boolean)),
           <begun>
    FROM routed r CROSS JOIN asked b CROSS JOIN policy p
    WHERE r.words_version IS NOT NULL
    ON CONFLICT ON CONSTRAINT notices_once DO NOTHING
    """)
)
_SORT = (AbsenceRow.__table__.c.from_on, AbsenceRow.__table__.c.id)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person as registry told, with the offices held for the whole of a time."""

    name: str
    offices: Sequence[Office]


class AbsenceRepository:
    """Reads and writes of absences."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def alone(self) -> None:
        """Let declarations come one after another: each is checked against all others."""
        await self._session.execute(_ALONE)

    async def holder(self, person_id: UUID, from_on: date, to_on: date) -> Holder | None:
        """The offices a person holds from the first to the last day; None without any."""
        values = {"person": person_id, "from_on": from_on, "to_on": to_on}
        rows = (await self._session.execute(_OFFICES, values)).all()
        return Holder(rows[0].person_name, [Office(row.role, row.unit_code) for row in rows]) if rows else None

    async def stands_above(self, above: Sequence[Office], offices: Sequence[Office]) -> bool:
        """Whether one of the offices `above` is the superior of a duty of one of the others."""
        values = {
            "roles": [office.role for office in offices],
            "units": [office.unit_code for office in offices],
            "above_roles": [office.role for office in above],
            "above_units": [office.unit_code for office in above],
        }
        return bool((await self._session.execute(_ABOVE, values)).scalar_one())

    async def overlapping(self, from_on: date, to_on: date) -> list[Absence]:
        """Every absence that counts on some of these days."""
        statement = select(AbsenceRow).where(
            AbsenceRow.cancelled_at.is_(None), AbsenceRow.from_on <= to_on, AbsenceRow.to_on >= from_on
        )
        rows = (await self._session.execute(statement)).scalars()
        return [Absence(row.person_id, row.deputy_id, row.from_on, row.to_on) for row in rows]

    async def add(self, row: AbsenceRow) -> AbsenceRow:
        """Declare one."""
        self._session.add(row)
        await self._session.flush()
        return row

    async def tell_deputy(self, absence_id: UUID, change: Change, now: datetime, today: date) -> None:
        """Notices to who stands in: that the absence was declared, or cancelled; each once."""
        values = {"absence": absence_id, "change": change.value, "cancelled": change is Change.CANCELLED}
        await self._session.execute(_TELL, values | {"template": ABSENCE_TEMPLATE, "now": now, "today": today})

    async def find(self, absence_id: UUID) -> AbsenceRow | None:
        """One, locked."""
        return await self._session.get(AbsenceRow, absence_id, with_for_update=True)

    async def page(
        self, whose: UUID | None, page: PageRequest, *, person_id: UUID | None, on: date | None
    ) -> tuple[list[AbsenceRow], str | None]:
        """A page, latest first: those that concern `whose` (None: everybody's), narrowed to a person or a day."""
        statement = select(AbsenceRow).where(_concerns(whose))
        if person_id is not None:
            statement = statement.where(AbsenceRow.person_id == person_id)
        if on is not None:
            statement = statement.where(
                AbsenceRow.cancelled_at.is_(None), AbsenceRow.from_on <= on, AbsenceRow.to_on >= on
            )
        rows, following = await fetch_page(self._session, statement, _SORT, page, descending=True)
        return [row[0] for row in rows], following


def _concerns(whose: UUID | None) -> ColumnElement[bool]:
    if whose is None:
        return true()
    return or_(AbsenceRow.person_id == whose, AbsenceRow.deputy_id == whose, AbsenceRow.declared_by == whose)
