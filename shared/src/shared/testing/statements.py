"""Count the SQL statements a piece of code sends, through SQLAlchemy and raw asyncpg alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import Engine

_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
"""Transaction control, which costs a round trip but is no query."""


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements sent inside the block, transaction control left out. What a pool sends on its own counts too."""
    seen: list[str] = []

    def on_sqlalchemy(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    connection: Any = asyncpg.Connection
    fetched, executed = connection._execute, connection.execute

    async def on_fetch(self: Any, query: str, *args: Any, **options: Any) -> Any:
        seen.append(query)
        return await fetched(self, query, *args, **options)

    async def on_execute(self: Any, query: str, *args: Any, **options: Any) -> Any:
        if not query.startswith(_FRAME):
            seen.append(query)
        return await executed(self, query, *args, **options)

    event.listen(Engine, "before_cursor_execute", on_sqlalchemy)
    try:
        with (
            patch.object(connection, "_execute", on_fetch),
            patch.object(connection, "execute", on_execute),
        ):
            yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", on_sqlalchemy)
