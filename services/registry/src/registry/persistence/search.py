"""Search by names without case, diacritics or apostrophes: whole words first, any part of a name when none fits."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import LateralFromClause

from shared.db.pages import PageRequest, decode_cursor, encode_cursor, fetch_page

_PART = "~"
"""Begins the cursors of a list that was found by parts of names, so that its next page is too."""
SHORTEST_PART = 3
"""Parts shorter than a trigram would be looked for in every row."""
NEAR = 1500
"""So many rows after the cursor are looked at first: a common word fills its page there."""
DENSE = 9
"""Of so many matches among the NEAR rows the rest of the page is soon met by walking on."""
FEW = 2500
"""Up to so many matches are found by the index and then sorted; of more, a page is soon met in order of the key."""


async def fetch_found(
    session: AsyncSession,
    statement: Select[Any],
    searched: Any,
    q: str | None,
    page: PageRequest,
    *,
    key: InstrumentedAttribute[UUID],
    joined: Sequence[InstrumentedAttribute[UUID]] = (),
    beside: LateralFromClause | None = None,
) -> tuple[list[Row[Any]], str | None]:
    """A page, by `key`, of the rows whose names match `q` (all rows when it is None).

    One statement, or two when no word fits. `searched` is the table with the generated columns `words` and `folded`;
    `key` must be among the selected columns. `joined` are columns of joined tables that equal the key: the page
    begins at the cursor there too, or a merge of two tables would read all that lies before it. `beside` is looked up
    for each row of the page and shown with it, if there is any.
    """
    if joined and page.cursor:
        (last,) = decode_cursor(page.cursor.removeprefix(_PART) if q is not None else page.cursor, [UUID])
        statement = statement.where(*(column > last for column in joined))
    if q is None:
        keys: list[Any] = [key]
        return await fetch_page(session, _with(beside, statement), keys, page)
    cursor = page.cursor or ""
    if not cursor.startswith(_PART):
        rows, after = await _matching(
            session, statement, searched.words.op("@@")(_words(q)), key, cursor, page.limit, beside
        )
        if rows or cursor or len(q.strip()) < SHORTEST_PART:
            return rows, after
    cursor = cursor.removeprefix(_PART)
    rows, after = await _matching(session, statement, searched.folded.like(_part(q)), key, cursor, page.limit, beside)
    return rows, _PART + after if after else None


async def _matching(
    session: AsyncSession,
    statement: Select[Any],
    match: ColumnElement[bool],
    key: InstrumentedAttribute[UUID],
    cursor: str,
    limit: int,
    beside: LateralFromClause | None,
) -> tuple[list[Row[Any]], str | None]:
    """A page that costs little for rare words and for common ones.

    The planner cannot know how rare a word is, and either of its two ways (sort what the index finds, or walk the key
    and filter) reads the whole table when it guesses wrong. So the statement walks NEAR rows first. When they do not
    fill the page, it walks on where matches were DENSE; elsewhere it lets the index find at most FEW + 1, and walks on
    when there are more.
    """
    after_cursor = statement.where(key > decode_cursor(cursor, [UUID])[0]) if cursor else statement
    # As a value no index serves, and of which the planner expects half the rows: the key's order does. By its own guess
    # of words together (far too few) it would read and sort the whole table: a second among a million.
    walked = after_cursor.where(case((match, true()), else_=false())).with_only_columns(key.label("key")).order_by(key)
    next_rows = select(key.label("key")).order_by(key).limit(NEAR)
    if cursor:
        next_rows = next_rows.where(key > decode_cursor(cursor, [UUID])[0])
    bound = select(next_rows.subquery().c.key).order_by(text("1 DESC")).limit(1).scalar_subquery()
    near = walked.where(key <= bound).limit(limit + 1).cte("near")
    met = select(func.count(near.c.key)).scalar_subquery()
    by_index = statement.where(match, met <= min(DENSE - 1, limit)).with_only_columns(key.label("key"))
    found = by_index.limit(FEW + 1).cte("found")
    many = or_(met.between(DENSE, limit), select(func.count(found.c.key)).scalar_subquery() > FEW)
    few_page = select(found.c.key).where(~many).order_by(found.c.key).limit(limit + 1)
    if cursor:
        few_page = few_page.where(found.c.key > decode_cursor(cursor, [UUID])[0])
    many_page = walked.where(many).limit(limit + 1)
    keys = union_all(select(near.c.key), few_page.subquery().select(), many_page.subquery().select()).subquery()
    shown = _with(beside, statement).where(key.in_(select(keys.c.key))).order_by(key).limit(limit + 1)
    rows = list((await session.execute(shown)).all())
    if len(rows) <= limit:
        return rows, None
    rows = rows[:limit]
    return rows, encode_cursor([_key_of(rows[-1], key)])


def _with(beside: LateralFromClause | None, statement: Select[Any]) -> Select[Any]:
    return statement if beside is None else statement.add_columns(*beside.c).outerjoin(beside, true())


def _key_of(row: Row[Any], key: InstrumentedAttribute[UUID]) -> Any:
    if key in row._mapping:
        return row._mapping[key]
    return getattr(row[0], key.key)


def _folded(text: str) -> ColumnElement[str]:
    return func.translate(func.public.vi_fold(text), "'", "")


def _words(q: str) -> ColumnElement[Any]:
    return func.plainto_tsquery(literal_column("'simple'::regconfig"), _folded(q))


def _part(q: str) -> ColumnElement[str]:
    return literal("%").concat(_folded(re.sub(r"([\\%_])", r"\\\1", q.strip()))).concat("%")
