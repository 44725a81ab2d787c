"""Search by names without case, diacritics or apostrophes: whole words first, any part of a name when none fits."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, literal, literal_column
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.pages import PageRequest, fetch_page

_PART = "~"
"""Begins the cursors of a list that was found by parts of names, so that its next page is too."""
SHORTEST_PART = 3
"""Parts shorter than a trigram would be looked for in every row."""


async def fetch_found(
    session: AsyncSession,
    statement: Select[Any],
    searched: Any,
    q: str | None,
    page: PageRequest,
    *,
    keys: Sequence[Any],
) -> tuple[list[Row[Any]], str | None]:
    """A page of the rows whose names match `q` (all rows when it is None); one statement, or two when no word fits.

    `searched` is the table with the generated columns `words` and `folded`.
    """
    by_part = q is not None and (page.cursor or "").startswith(_PART)
    if not by_part:
        narrowed = statement if q is None else statement.where(searched.words.op("@@")(_words(q)))
        rows, after = await fetch_page(session, narrowed, keys, page)
        if rows or q is None or page.cursor is not None or len(q.strip()) < SHORTEST_PART:
            return rows, after
    narrowed = statement.where(searched.folded.like(_part(q or "")))
    plain = replace(page, cursor=(page.cursor or "").removeprefix(_PART) or None)
    rows, after = await fetch_page(session, narrowed, keys, plain)
    return rows, _PART + after if after else None


def _folded(text: str) -> ColumnElement[str]:
    return func.translate(func.public.vi_fold(text), "'", "")


def _words(q: str) -> ColumnElement[Any]:
    return func.plainto_tsquery(literal_column("'simple'::regconfig"), _folded(q))


def _part(q: str) -> ColumnElement[str]:
    return literal("%").concat(_folded(re.sub(r"([\\%_])", r"\\\1", q.strip()))).concat("%")
