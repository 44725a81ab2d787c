"""Tables of the registry schema. Every module with rows is imported here, so that Alembic sees all."""

from registry.persistence.tables import (
    certificates,
    keys,
    people,
    plans,
    producers,
    products,
    projections,
    supports,
    units,
)
from registry.persistence.tables.base import Base

__all__ = [
    "Base",
    "certificates",
    "keys",
    "people",
    "plans",
    "producers",
    "products",
    "projections",
    "supports",
    "units",
]
