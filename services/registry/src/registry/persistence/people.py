"""All SQL of people, their appointments and the keys that sign them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.access import READS_ALL_APPOINTMENTS, READS_UNIT_APPOINTMENTS
from registry.domain.identities import Identity
from registry.persistence.tables.people import AppointmentRow, PersonRow
from registry.persistence.tables.units import UnitRow
from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Level, Role
from shared.db.pages import PageRequest, fetch_page
from shared.db.reads import HotReads
from shared.errors import NotFound
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class PersonInForce:
    """A person with the appointments in force on a day."""

    id: UUID
    code: str | None
    name: str
    email: str | None
    appointments: tuple[dict[str, Any], ...]

    def actor(self) -> Actor:
        """The person as tokens carry it."""
        return Actor(self.id, self.name, tuple(_appointment(row) for row in self.appointments))


def _appointment(row: Mapping[str, Any]) -> Appointment:
    return Appointment(
        role=Role(row["role"]),
        level=Level(row["level"]),
        unit_code=row["unit_code"],
        producer_id=UUID(row["producer_id"]) if row["producer_id"] else None,
        body_code=row["body_code"],
        group_path=row["group_path"],
        evidence_kind=row["evidence_kind"],
    )


_IN_FORCE = """
    SELECT p.id, p.code, p.name, p.email, coalesce(jsonb_agg(jsonb_build_object(
        'id', a.id, 'role', a.role, 'level', a.level, 'unit_code', a.unit_code, 'unit_name', u.full_name,
        'producer_id', a.producer_id, 'body_code', a.body_code, 'group_path', a.group_path,
        'evidence_kind', a.evidence_kind, 'valid_from', a.valid_from, 'valid_to', a.valid_to
        ) ORDER BY a.valid_from, a.id) FILTER (WHERE a.id IS NOT NULL), '[]') AS appointments
    FROM people p
    LEFT JOIN appointments a ON a.person_id = p.id AND {period}
    LEFT JOIN LATERAL (
        SELECT full_name FROM units u WHERE u.code = a.unit_code AND u.valid_from <= coalesce(a.valid_to, u.valid_from)
        ORDER BY u.valid_from DESC LIMIT 1
    ) u ON true
    WHERE {which} GROUP BY p.id ORDER BY p.code
"""
_ON_DAY = "a.valid_from <= :day AND (a.valid_to IS NULL OR a.valid_to >= :day)"
_BY_ID = text(_IN_FORCE.format(period=_ON_DAY, which="p.id = :person_id"))
_BY_CODE = text(_IN_FORCE.format(period=_ON_DAY, which="p.code = :code"))
_SEARCH = text(
    """
    SELECT found.* FROM (
        SELECT p.code, p.name, coalesce(string_agg(DISTINCT u.full_name, ', '), '') AS units,
               min(CASE a.level WHEN 'province' THEN 1 WHEN 'central' THEN 2 WHEN 'district' THEN 3 ELSE 4 END) AS tier
        FROM people p
        LEFT JOIN appointments a ON a.person_id = p.id
            AND a.valid_from <= :day AND (a.valid_to IS NULL OR a.valid_to >= :day)
        LEFT JOIN units u ON u.code = a.unit_code
            AND u.valid_from <= :day AND (u.valid_to IS NULL OR u.valid_to >= :day)
        WHERE p.code IS NOT NULL GROUP BY p.id
    ) found
    WHERE strpos(vi_fold(concat_ws(' ', found.code, found.name, found.units)), vi_fold(:q)) > 0
    ORDER BY found.tier, found.code LIMIT :limit
    """
)
_DEMONSTRATION = _IN_FORCE.format(period="true", which="p.code IS NOT NULL")
_DEMONSTRATION_DOCUMENT = f"""
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object(
        'code', d.code, 'name', d.name, 'person_id', d.id, 'email', d.email, 'appointments', d.appointments
        ) ORDER BY d.code), '[]'))::text
    FROM ({_DEMONSTRATION}) d
"""  # noqa: S608  # both are ours


async def demonstration_document(reads: HotReads) -> bytes:
    """The demonstration people as JSON made in Postgres: one long list, of which rows would take megabytes."""
    document: str = await reads.fetchval(_DEMONSTRATION_DOCUMENT)
    return document.encode()


class People:
    """People, found by what they sign in with."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def in_force(self, day: date, *, person_id: UUID | None = None, code: str | None = None) -> PersonInForce:
        """A person, by id or code, with the appointments of `day`. Raises NotFound."""
        statement, key = (_BY_ID, {"person_id": person_id}) if code is None else (_BY_CODE, {"code": code})
        row = (await self._session.execute(statement, {"day": day, **key})).one_or_none()
        if row is None:
            raise NotFound("Không có người này.", "There is no such person.")
        return _person(row)

    async def demonstration(self) -> list[PersonInForce]:
        """The demonstration people, by code, with all their appointments."""
        return [_person(row) for row in (await self._session.execute(text(_DEMONSTRATION))).all()]

    async def search_demonstration(self, q: str, day: date, limit: int) -> list[dict[str, str]]:
        """Demonstration people (code, name, units) whose code, name or unit of the day contains `q`.

        Diacritics do not matter; those of the province and the districts come first.
        """
        rows = await self._session.execute(_SEARCH, {"q": q, "day": day, "limit": limit})
        return [{"code": row.code, "name": row.name, "units": row.units} for row in rows]

    async def get(self, person_id: UUID) -> PersonRow:
        """A person by id. Raises NotFound."""
        row = await self._session.get(PersonRow, person_id)
        if row is None:
            raise NotFound("Không có người này.", "There is no such person.")
        return row

    async def signed_in(self, identity: Identity) -> UUID:
        """The person of an identity: known by (issuer, subject), or by verified e-mail on first use, or new.

        Safe when the same person signs in twice at once.
        """
        by_identity = select(PersonRow.id).where(
            PersonRow.issuer == identity.issuer, PersonRow.subject == identity.subject
        )
        if known := (await self._session.scalars(by_identity)).one_or_none():
            return known
        taken = False
        if identity.email is not None:
            same = select(PersonRow).where(func.lower(PersonRow.email) == identity.email.lower()).with_for_update()
            expected = (await self._session.scalars(same)).one_or_none()
            if expected is not None and expected.issuer is None:
                expected.issuer, expected.subject = identity.issuer, identity.subject
                return expected.id
            taken = expected is not None
        person = {
            "id": new_id(),
            "name": identity.name,
            "email": None if taken else identity.email,
            "issuer": identity.issuer,
            "subject": identity.subject,
        }
        await self._session.execute(insert(PersonRow).values(person).on_conflict_do_nothing())
        return (await self._session.scalars(by_identity)).one()

    async def expect(self, name: str, email: str) -> UUID:
        """The person with this e-mail, made now if there is none: they are recognised when they first sign in."""
        await self._session.execute(
            insert(PersonRow).values(id=new_id(), name=name, email=email).on_conflict_do_nothing()
        )
        statement = select(PersonRow.id).where(func.lower(PersonRow.email) == email.lower())
        return (await self._session.scalars(statement)).one()

    async def store_demonstration(self, people: Sequence[Mapping[str, str]]) -> dict[str, UUID]:
        """Insert the demonstration people that are not there yet; returns ids by code."""
        rows = [{"id": new_id(), **person} for person in people]
        await self._session.execute(insert(PersonRow).on_conflict_do_nothing(), rows)
        known = await self._session.execute(
            select(PersonRow.code, PersonRow.id).where(PersonRow.code.in_([person["code"] for person in people]))
        )
        return {str(row.code): row.id for row in known}


def _person(row: Any) -> PersonInForce:
    return PersonInForce(row.id, row.code, row.name, row.email, tuple(row.appointments))


class Appointments:
    """Appointments, read within the caller's scope."""

    def __init__(self, session: AsyncSession, scope: Any = None) -> None:
        self._session = session
        self._scope = scope

    def visible_to(self, actor: Actor) -> Self:
        """Own ones; those in one's district or commune; all for the province's and the auditor's roles."""
        if actor.has(*READS_ALL_APPOINTMENTS):
            return type(self)(self._session, None)
        units = actor.units(*READS_UNIT_APPOINTMENTS)
        below = select(UnitRow.code).where(UnitRow.parent_code.in_(units))
        scope = or_(
            AppointmentRow.person_id == actor.person_id,
            and_(
                AppointmentRow.role != Role.PRODUCER.value,
                or_(AppointmentRow.unit_code.in_(units), AppointmentRow.unit_code.in_(below)),
            ),
        )
        return type(self)(self._session, scope)

    async def page(
        self,
        page: PageRequest,
        *,
        unit_code: str | None,
        role: Role | None,
        person_id: UUID | None,
        on: date | None,
    ) -> tuple[list[tuple[AppointmentRow, str]], str | None]:
        """Rows with the person's name, oldest first."""
        statement: Any = select(AppointmentRow, PersonRow.name).join(
            PersonRow, PersonRow.id == AppointmentRow.person_id
        )
        if self._scope is not None:
            statement = statement.where(self._scope)
        if unit_code is not None:
            statement = statement.where(AppointmentRow.unit_code == unit_code)
        if role is not None:
            statement = statement.where(AppointmentRow.role == role.value)
        if person_id is not None:
            statement = statement.where(AppointmentRow.person_id == person_id)
        if on is not None:
            statement = statement.where(
                AppointmentRow.valid_from <= on, func.coalesce(AppointmentRow.valid_to, on) >= on
            )
        rows, following = await fetch_page(self._session, statement, [AppointmentRow.__table__.c.id], page)
        return [(found.AppointmentRow, found.name) for found in rows], following

    async def get_locked(self, appointment_id: UUID) -> AppointmentRow:
        """An appointment to change. Raises NotFound."""
        statement = select(AppointmentRow).where(AppointmentRow.id == appointment_id).with_for_update()
        row = (await self._session.scalars(statement)).one_or_none()
        if row is None:
            raise NotFound("Không có bổ nhiệm này.", "There is no such appointment.")
        return row

    def add(self, row: AppointmentRow) -> None:
        """Insert with the transaction."""
        self._session.add(row)

    async def known(self) -> set[tuple[UUID, str, str, date]]:
        """(person, role, unit, first day) of every appointment of a demonstration person."""
        rows = await self._session.execute(
            select(AppointmentRow.person_id, AppointmentRow.role, AppointmentRow.unit_code, AppointmentRow.valid_from)
            .join(PersonRow, PersonRow.id == AppointmentRow.person_id)
            .where(PersonRow.code.is_not(None))
        )
        return {(row[0], row[1], row[2], row[3]) for row in rows}
