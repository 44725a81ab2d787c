"""The transaction of notifier, with its repositories."""

from shared.db.unit_of_work import UnitOfWork


class NotifierUow(UnitOfWork):
    """One transaction on the notifier schema."""
