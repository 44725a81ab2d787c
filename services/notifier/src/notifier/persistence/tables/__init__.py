"""Tables of the notifier schema. Every module with rows is imported here, so that Alembic sees all."""

from notifier.persistence.tables.base import Base

__all__ = ["Base"]
