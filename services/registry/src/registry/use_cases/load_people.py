"""Load the invented people of the demonstration."""

from registry.data import read_document
from registry.domain.demonstration import demo_appointments, demo_codes, demo_email, demo_name
from registry.domain.units import history_of
from registry.persistence.tables.people import AppointmentRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.appoint_person import tell_appointment
from shared.ids import new_id


async def load_people(uow: RegistryUow) -> None:
    """Demonstration people with their appointments, each told to the notifier. What is there already is left alone."""
    forms = history_of(
        read_document("administrative-units.json"), read_document("administrative-units-2025.json")
    ).forms
    appointments = demo_appointments(forms)
    people = [
        {"code": code, "name": demo_name(number), "email": demo_email(code)}
        for number, code in enumerate(demo_codes(appointments))
    ]
    ids = await uow.people.store_demonstration(people)
    names = {person["code"]: person["name"] for person in people}
    known = await uow.appointments.known()
    for one in appointments:
        person_id = ids[one.code]
        if (person_id, one.role.value, one.unit_code, one.valid_from) in known:
            continue
        row = AppointmentRow(
            id=new_id(),
            person_id=person_id,
            role=one.role.value,
            level=one.level.value,
            unit_code=one.unit_code,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            revision=1,
        )
        uow.appointments.add(row)
        tell_appointment(uow, row, names[one.code], demo_email(one.code))
