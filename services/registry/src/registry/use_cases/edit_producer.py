"""Correct a producer's record."""

from datetime import date
from typing import Any
from uuid import UUID

from registry.persistence.tables.producers import ProducerRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.register_producer import check_kind, kept_producer
from registry.use_cases.register_product import tell_registered
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, Text
from shared.http.etags import check_version


async def edit_producer(
    uow: RegistryUow, actor: Actor, producer_id: UUID, expected: int, changes: dict[str, Any]
) -> ProducerRow:
    """Change fields of the version the caller saw. A new name is repeated in the products and told to others."""
    producer = await kept_producer(uow, actor, producer_id)
    check_version(expected, producer.version)
    told = (producer.name, producer.kind)
    for name, value in changes.items():
        setattr(producer, name, value)
    if {"kind", "registration_number"} & changes.keys():
        check_kind(producer.kind, producer.registration_number, await uow.today())
    await uow.session.flush()
    if told != (producer.name, producer.kind):
        for product in await uow.producers.rename_in_products(producer):
            await tell_registered(uow, product)
    return producer


async def commit_to_food_safety(uow: RegistryUow, actor: Actor, producer_id: UUID, signed_on: date) -> ProducerRow:
    """Record the signed food-safety commitment (plan 2023: every registering producer signs one)."""
    producer = await kept_producer(uow, actor, producer_id)
    if signed_on > await uow.today():
        text = Text("Ngày ký ở tương lai", "Signed in the future")
        raise Invalid(faults=[Fault("signed_on", "future", text)])
    producer.food_safety_committed_on = signed_on
    await uow.session.flush()
    return producer
