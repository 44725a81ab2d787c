"""Tables of the commerce schema. Every module with rows is imported here, so that Alembic sees all."""

from commerce.persistence.tables.base import Base

__all__ = ["Base"]
