"""Let a person act for a producer."""

from datetime import date

from registry.persistence.tables.people import AppointmentRow, PersonRow
from registry.persistence.tables.producers import ProducerRow
from registry.persistence.unit_of_work import RegistryUow
from shared.contracts.registry import PersonAppointed
from shared.contracts.roles import Level, Role


async def appoint_producer(
    uow: RegistryUow, person: PersonRow, producer: ProducerRow, valid_from: date
) -> AppointmentRow:
    """Appoint a person PRODUCER of `producer` from a day on, without an end. Several people may act for one.

    A second appointment of the same person is refused by the database (409).
    """
    appointment = AppointmentRow(
        person_id=person.id,
        role=Role.PRODUCER.value,
        level=Level.COMMUNE.value,
        unit_code=producer.commune_code,
        producer_id=producer.id,
        valid_from=valid_from,
        valid_to=None,
        revision=1,
    )
    uow.session.add(appointment)
    await uow.session.flush()
    uow.publish(
        PersonAppointed(
            appointment_id=appointment.id,
            person_id=person.id,
            person_name=person.name,
            email=person.email,
            role=Role.PRODUCER,
            level=Level.COMMUNE,
            unit_code=producer.commune_code,
            producer_id=producer.id,
            valid_from=valid_from,
            valid_to=None,
            revision=appointment.revision,
        )
    )
    return appointment
