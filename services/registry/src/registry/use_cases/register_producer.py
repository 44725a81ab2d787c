"""Register a producer, and let people act for it."""

from datetime import date
from uuid import UUID

from registry.domain.places import Place
from registry.domain.producer_kinds import kinds_on
from registry.domain.product_access import KEEPERS, READERS, scope_of
from registry.persistence.tables.people import PersonRow
from registry.persistence.tables.producers import ProducerRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.appoint_producer import appoint_producer
from shared.auth.actors import Actor
from shared.errors import Fault, Forbidden, Invalid, NotFound, Text
from shared.ids import new_id


async def register_producer(
    uow: RegistryUow,
    actor: Actor,
    *,
    name: str,
    kind: str,
    commune_code: str,
    address: str,
    representative: str,
    phone: str | None = None,
    email: str | None = None,
    registration_number: str | None = None,
    founded_on: date | None = None,
    id: UUID | None = None,  # the wire's name
    registered_on: date | None = None,
    demonstration: bool = False,
) -> ProducerRow:
    """Register a producer (26/2026 Art. 2.3); the caller may act for it from today on.

    Raises Invalid for a kind that may not take part, or a commune that is not in force.
    """
    person = await known_person(uow, actor.person_id)
    today = await uow.today()
    day = registered_on or today
    place = await place_of(uow, commune_code, day)
    check_kind(kind, registration_number, day)
    if founded_on is not None and founded_on > day:
        raise Invalid(faults=[Fault("founded_on", "future", Text("Ngày thành lập ở tương lai", "Founded later"))])
    producer = ProducerRow(
        id=id or new_id(),
        name=name,
        kind=kind,
        address=address,
        phone=phone,
        email=email,
        representative=representative,
        registration_number=registration_number,
        founded_on=founded_on,
        registered_on=day,
        demonstration=demonstration,
        **place.columns(),
    )
    uow.producers.add(producer)
    await uow.session.flush()
    await appoint_producer(uow, person, producer, day)
    return producer


async def join_producer(uow: RegistryUow, actor: Actor, producer_id: UUID, person_id: UUID) -> ProducerRow:
    """Let another person act for a producer; the producer's own people and its secretariats may do so."""
    producer = await kept_producer(uow, actor, producer_id)
    person = await known_person(uow, person_id)
    await appoint_producer(uow, person, producer, await uow.today())
    await uow.audit(str(actor.person_id), "producer_joined", "producer", producer.id, {"person_id": person_id})
    return producer


async def kept_producer(uow: RegistryUow, actor: Actor, producer_id: UUID, *, lock: bool = True) -> ProducerRow:
    """The producer if the actor keeps its record. NotFound out of scope, Forbidden for who only reads.

    Lock order: a producer before its products; who holds a product already must not lock the producer.
    """
    producer, kept = await uow.producers.get(producer_id, scope_of(actor, READERS), scope_of(actor, KEEPERS), lock=lock)
    if not kept:
        raise Forbidden(
            "Chỉ chủ thể, UBND xã và cơ quan thường trực được sửa.",
            "Only the producer, its commune and the secretariats may do this.",
            needs=sorted(KEEPERS),
        )
    return producer


async def known_person(uow: RegistryUow, person_id: UUID) -> PersonRow:
    """The person's row. Raises NotFound for an unknown one."""
    person: PersonRow | None = await uow.session.get(PersonRow, person_id)
    if person is None:
        raise NotFound("Không có người này.", "No such person.")
    return person


async def place_of(uow: RegistryUow, commune_code: str, day: date) -> Place:
    """The commune in force on `day`. Raises Invalid when there is none with this code."""
    place = await uow.places.on(commune_code, day)
    if place is None:
        text = Text("Không có xã, phường này ở ngày đăng ký", "No such commune on that day")
        raise Invalid(faults=[Fault("commune_code", "unknown", text)])
    return place


def check_kind(kind: str, registration_number: str | None, day: date) -> None:
    """Raise Invalid unless such a producer may take part on `day`."""
    kinds = kinds_on(day)
    found = kinds.get(kind)
    if found is None:
        allowed = ", ".join(k.code for k in kinds.kinds)
        text = Text(f"Loại hình được tham gia: {allowed}", f"Kinds that may take part: {allowed}")
        raise Invalid(faults=[Fault("kind", "not_allowed", text)], rule=kinds.legal_ref)
    if found.registration_number_required and not registration_number:
        text = Text("Loại hình này phải có đăng ký kinh doanh", "This kind needs a business registration")
        raise Invalid(faults=[Fault("registration_number", "missing", text)], rule=kinds.legal_ref)
