"""The transaction of registry, with its repositories."""

from shared.db.unit_of_work import UnitOfWork


class RegistryUow(UnitOfWork):
    """One transaction on the registry schema."""
