"""The transaction of commerce, with its repositories."""

from shared.db.unit_of_work import UnitOfWork


class CommerceUow(UnitOfWork):
    """One transaction on the commerce schema."""
