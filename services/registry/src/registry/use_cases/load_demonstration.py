"""Load invented producers and products, recognised on paper before 2023, so that a demonstration has a past."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from registry.data import read_document
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.record_recognition import record_recognition
from registry.use_cases.register_producer import register_producer
from registry.use_cases.register_product import register_product
from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Level, Role

_NAMES = UUID("6f2d5c0e-0c0b-5f6e-9d3c-0c0900000000")
"""Ids of demonstration rows are made from their names, so that loading twice makes them once."""


async def load_demonstration(uow: RegistryUow) -> int:
    """Register what is not there yet through the same use cases as people do; returns how many producers.

    The demonstration's people must be loaded before. Never in production (see `registry.load.run`).
    """
    document = read_document("demonstration-producers.json")
    people = {person.code: person for person in await uow.people.demonstration()}
    known = await uow.producers.demonstration()
    secretary = Actor(
        people["province-secretary"].id,
        people["province-secretary"].name,
        (Appointment(Role.PROVINCE_SECRETARY, Level.PROVINCE, document["province_code"]),),
    )
    added = 0
    for entry in document["producers"]:
        producer_id = uuid5(_NAMES, entry["name"])
        if producer_id not in known:
            owner = Actor(people[entry["person"]].id, people[entry["person"]].name, ())
            await _load_producer(uow, producer_id, owner, secretary, entry, document["description"])
            added += 1
    return added


async def _load_producer(
    uow: RegistryUow, producer_id: UUID, owner: Actor, secretary: Actor, entry: dict[str, Any], description: str
) -> None:
    await register_producer(
        uow,
        owner,
        id=producer_id,
        name=entry["name"],
        kind=entry["kind"],
        commune_code=entry["commune_code"],
        address=entry["address"],
        representative=entry["representative"],
        registration_number=entry["registration_number"],
        founded_on=date.fromisoformat(entry["founded_on"]),
        registered_on=min(date.fromisoformat(product["registered_on"]) for product in entry["products"]),
        demonstration=True,
    )
    for product in entry["products"]:
        registered_on = date.fromisoformat(product["registered_on"])
        row = await register_product(
            uow,
            owner,
            id=uuid5(producer_id, product["name"]),
            producer_id=producer_id,
            name=product["name"],
            group_path=product["group_path"],
            description=description,
            year=registered_on.year,
            revenue=product["revenue"],
            profit=product["profit"],
            measured_on=date.fromisoformat(product["measured_on"]),
            registered_on=registered_on,
            demonstration=True,
        )
        await _load_recognitions(uow, secretary, row.id, product["recognitions"])


async def _load_recognitions(
    uow: RegistryUow, secretary: Actor, product_id: UUID, recognitions: list[dict[str, Any]]
) -> None:
    previous: UUID | None = None
    for recognition in recognitions:
        certificate = await record_recognition(
            uow,
            secretary,
            product_id=product_id,
            star=recognition["star"],
            decision_number=recognition["decision_number"],
            decided_on=date.fromisoformat(recognition["decided_on"]),
            issued_on=date.fromisoformat(recognition["issued_on"]),
            replaces=previous,
        )
        previous = certificate.id
