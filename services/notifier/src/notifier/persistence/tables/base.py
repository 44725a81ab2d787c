"""The base of all tables of the notifier schema."""

from typing import Any, ClassVar

from shared.db.tables import TYPES, DeclarativeBase, new_metadata


class Base(DeclarativeBase):
    """Base of the ORM rows of notifier."""

    metadata = new_metadata()
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES
