"""Keyset pages: any page costs what the first costs, and rows added meanwhile are neither skipped nor repeated."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from shared.errors import Fault, Invalid, Text

MOST = 100
"""The longest page."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many rows, and after which."""

    limit: int = 50
    cursor: str | None = None


def encode_cursor(values: Sequence[Any]) -> str:
    """The sort key of the last row shown, as an opaque string."""
    plain = [str(v) if isinstance(v, (UUID, date, datetime)) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The values of a cursor, as `kinds`. Raises Invalid when it is not one of ours."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list) or len(plain) != len(kinds):
            raise ValueError("wrong number of values")
        return [_read(value, kind) for value, kind in zip(plain, kinds, strict=True)]
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        fault = Fault("cursor", "cursor", Text("Con trỏ trang không hợp lệ", "Not a cursor of this list"))
        raise Invalid(faults=[fault]) from error


def _read(value: Any, kind: type) -> Any:
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if kind is UUID:
        return UUID(value)
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}")
    return value


async def fetch_page(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    keys: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    page: PageRequest,
    *,
    descending: bool = False,
) -> tuple[list[Row[Any]], str | None]:
    """Rows of `statement` ordered by `keys` (which must be unique together) and the cursor of the next page.

    The keys must be among the selected columns. One statement, no OFFSET, no count.
    """
    if page.cursor is not None:
        values = decode_cursor(page.cursor, [key.type.python_type for key in keys])
        row, after = tuple_(*keys), tuple_(*[literal(v, k.type) for v, k in zip(values, keys, strict=True)])
        statement = statement.where(row < after if descending else row > after)
    order = [key.desc() if descending else key.asc() for key in keys]
    rows = list((await session.execute(statement.order_by(*order).limit(page.limit + 1))).all())
    if len(rows) <= page.limit:
        return rows, None
    rows = rows[: page.limit]
    return rows, encode_cursor([_value(rows[-1], key) for key in keys])


def _value(row: Row[Any], key: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Any:
    mapping = row._mapping
    if key in mapping:
        return mapping[key]
    name = getattr(key, "key", None)
    for value in mapping.values():
        if hasattr(value, str(name)):
            return getattr(value, str(name))
    raise LookupError(f"sort key {name} is not among the selected columns")
