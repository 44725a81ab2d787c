"""Load the units and bodies that ship with registry."""

from registry.data import read_document
from registry.domain.units import history_of
from registry.persistence.unit_of_work import RegistryUow


async def load_units(uow: RegistryUow) -> None:
    """Units of the three states with their successions, and the bodies of plan 2023. Safe to run twice."""
    history = history_of(read_document("administrative-units.json"), read_document("administrative-units-2025.json"))
    await uow.units.store(history.forms, history.successions)
    bodies = read_document("bodies.json")
    await uow.units.store_bodies(bodies["bodies"], bodies["successions"])
