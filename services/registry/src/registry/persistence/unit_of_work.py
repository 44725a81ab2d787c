"""The transaction of registry, with its repositories."""

from functools import cached_property

from registry.persistence.units import Units
from shared.db.unit_of_work import UnitOfWork


class RegistryUow(UnitOfWork):
    """One transaction on the registry schema."""

    @cached_property
    def units(self) -> Units:
        """Administrative units and bodies."""
        return Units(self.session)
