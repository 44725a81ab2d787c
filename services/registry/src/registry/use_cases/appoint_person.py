"""Appoint somebody to a role at a unit."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.domain.access import LEVELS_OF
from registry.persistence.tables.people import AppointmentRow
from registry.persistence.unit_of_work import RegistryUow
from shared.auth.actors import Actor
from shared.contracts.registry import PersonAppointed
from shared.contracts.roles import Level, Role
from shared.errors import Fault, Invalid, Text
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class AppointmentDraft:
    """Who is to be what, where and when. Either `person_id`, or name and e-mail of who has not signed in yet."""

    role: Role
    unit_code: str
    person_id: UUID | None
    name: str | None
    email: str | None
    producer_id: UUID | None
    body_code: str | None
    group_path: str | None
    evidence_kind: str | None
    valid_from: date | None
    valid_to: date | None


async def appoint_person(uow: RegistryUow, actor: Actor, draft: AppointmentDraft) -> tuple[AppointmentRow, str]:
    """Make the appointment and tell the notifier; returns it with the person's name.

    Raises Invalid for a role that the unit's level does not have, or a unit that does not exist on the first day.
    """
    begins = draft.valid_from or await uow.today()
    level = await uow.units.level_of(draft.unit_code, begins)
    _check(draft, begins, level)
    assert level is not None
    if draft.person_id is not None:
        person = await uow.people.get(draft.person_id)
    else:
        person = await uow.people.get(await uow.people.expect(draft.name or "", draft.email or ""))
    row = AppointmentRow(
        id=new_id(),
        person_id=person.id,
        role=draft.role.value,
        level=level.value,
        unit_code=draft.unit_code,
        producer_id=draft.producer_id,
        body_code=draft.body_code,
        group_path=draft.group_path,
        evidence_kind=draft.evidence_kind,
        valid_from=begins,
        valid_to=draft.valid_to,
        revision=1,
    )
    uow.appointments.add(row)
    await uow.flush()
    tell_appointment(uow, row, person.name, person.email)
    details = {"role": row.role, "unit_code": row.unit_code, "person_id": person.id}
    await uow.audit(str(actor.person_id), "appoint", "appointment", row.id, details)
    return row, person.name


def tell_appointment(uow: RegistryUow, row: AppointmentRow, name: str, email: str | None) -> None:
    """Publish an appointment as it now is."""
    uow.publish(
        PersonAppointed(
            appointment_id=row.id,
            person_id=row.person_id,
            person_name=name,
            email=email,
            role=Role(row.role),
            level=Level(row.level),
            unit_code=row.unit_code,
            producer_id=row.producer_id,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            revision=row.revision,
        )
    )


def _check(draft: AppointmentDraft, begins: date, level: Level | None) -> None:
    faults: list[Fault] = []
    if level is None:
        text = Text(
            f"Không có đơn vị {draft.unit_code} vào ngày {begins}", f"There is no unit {draft.unit_code} on {begins}"
        )
        faults.append(Fault("unit_code", "unknown_unit", text))
    elif level not in LEVELS_OF[draft.role]:
        allowed = ", ".join(sorted(LEVELS_OF[draft.role]))
        text = Text(f"Vai trò này chỉ có ở cấp: {allowed}", f"This role is held only at: {allowed}")
        faults.append(Fault("role", "level", text))
    if draft.valid_to is not None and draft.valid_to < begins:
        faults.append(Fault("valid_to", "period", Text("Kết thúc trước khi bắt đầu", "Ends before it begins")))
    if (draft.role is Role.PRODUCER) != (draft.producer_id is not None):
        text = Text("Vai trò chủ thể cần đúng một producer_id", "producer_id goes with the role producer only")
        faults.append(Fault("producer_id", "producer", text))
    if (draft.person_id is None) != (draft.name is not None and draft.email is not None):
        text = Text("Cần person_id, hoặc name và email", "Give person_id, or name and email")
        faults.append(Fault("person_id", "person", text))
    if faults:
        raise Invalid(faults=faults)
