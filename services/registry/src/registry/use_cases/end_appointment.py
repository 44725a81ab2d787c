"""End an appointment on a day."""

from datetime import date
from uuid import UUID

from registry.persistence.tables.people import AppointmentRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.appoint_person import tell_appointment
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, Text


async def end_appointment(
    uow: RegistryUow, actor: Actor, appointment_id: UUID, *, valid_to: date, reason: str
) -> tuple[AppointmentRow, str]:
    """Set the last day (inclusive), earlier than the one set before; tokens made from then on lack the appointment.

    Raises NotFound; Invalid for a last day before the first; Conflict when it ends no later already.
    """
    row = await uow.appointments.get_locked(appointment_id)
    if valid_to < row.valid_from:
        text = Text(f"Bổ nhiệm bắt đầu ngày {row.valid_from}", f"The appointment begins on {row.valid_from}")
        raise Invalid(faults=[Fault("valid_to", "period", text)])
    if row.valid_to is not None and row.valid_to <= valid_to:
        raise Conflict(
            f"Bổ nhiệm đã kết thúc ngày {row.valid_to}.",
            f"The appointment ends on {row.valid_to} already.",
            state="ended",
            allowed=[],
        )
    row.valid_to = valid_to
    row.revision += 1
    await uow.flush()
    person = await uow.people.get(row.person_id)
    tell_appointment(uow, row, person.name, person.email)
    details = {"valid_to": valid_to, "reason": reason}
    await uow.audit(str(actor.person_id), "end", "appointment", row.id, details)
    return row, person.name
