"""Tables of the registry schema. Every module with rows is imported here, so that Alembic sees all."""

from registry.persistence.tables import keys, people, units
from registry.persistence.tables.base import Base

__all__ = ["Base", "keys", "people", "units"]
