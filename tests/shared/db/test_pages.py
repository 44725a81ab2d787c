"""Keyset pages: cursors come back as they went, foreign and forged ones are refused, no row is skipped or repeated."""

import base64
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid, insert, select

from shared.db.pages import PageRequest, decode_cursor, encode_cursor, fetch_page
from shared.errors import Invalid
from shared.ids import new_id
from shared.testing.plugin import OpenDatabases

KINDS: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    int: st.integers(-(2**63), 2**63 - 1),
    UUID: st.uuids(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))])),
}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=4).flatmap(
        lambda kinds: st.tuples(st.just(kinds), st.tuples(*(KINDS[kind] for kind in kinds)))
    )
)
def test_a_cursor_comes_back_as_it_went(case: tuple[list[type], tuple[Any, ...]]) -> None:
    kinds, values = case
    assert decode_cursor(encode_cursor(values), kinds) == list(values)


@settings(max_examples=50, deadline=None)
@given(st.one_of(st.text(), st.binary().map(lambda b: base64.urlsafe_b64encode(b).decode())))
def test_garbage_is_refused_as_a_fault_of_the_field_cursor(garbage: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode_cursor(garbage, [str, UUID, datetime])
    assert refusal.value.faults[0].field == "cursor"


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("plain", "kinds"),
    [
        ({"a": 1}, [str]),
        (["a"], [str, UUID]),
        (["a", "b"], [str]),
        ([1], [str]),
        (["1"], [int]),
        ([True], [int]),
        ([10**30], [int]),
        ([None], [str]),
        (["2023-01-01T00:00:00"], [datetime]),
        (["yesterday"], [date]),
        ([5], [date]),
        (["not-a-uuid"], [UUID]),
        ([7], [UUID]),
        (["a\x00b"], [str]),
        (["\ud800"], [str]),
    ],
)
def test_the_cursor_of_another_list_and_values_no_column_holds_are_refused(plain: Any, kinds: list[type]) -> None:
    with pytest.raises(Invalid):
        decode_cursor(forged(plain), kinds)


def test_a_deeply_nested_cursor_is_refused() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    with pytest.raises(Invalid):
        decode_cursor(deep, [str])


THINGS = Table(
    "things",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("rank", Integer),
    Column("at", DateTime(timezone=True)),
    prefixes=["TEMPORARY"],
)


@pytest.mark.parametrize("descending", [False, True])
async def test_walking_a_list_while_it_grows_shows_each_row_once(
    open_database: OpenDatabases, descending: bool
) -> None:
    database = await open_database("registry")
    async with database.session() as session:
        await (await session.connection()).run_sync(THINGS.create)
        start = datetime(2023, 1, 1, tzinfo=UTC)
        rows = [
            {"id": new_id(), "name": f"Trà {n % 3}", "rank": n % 2, "at": start + timedelta(microseconds=n)}
            for n in range(23)
        ]
        await session.execute(insert(THINGS), rows)
        keys = [THINGS.c.name, THINGS.c.rank, THINGS.c.at, THINGS.c.id]
        seen: list[UUID] = []
        cursor = None
        while True:
            page, cursor = await fetch_page(
                session, select(THINGS), keys, PageRequest(5, cursor), descending=descending
            )
            seen += [row.id for row in page]
            if cursor is None:
                break
            behind = "A" if not descending else "Z"
            await session.execute(insert(THINGS), [{"id": new_id(), "name": behind, "rank": 0, "at": start}])
    ordered = sorted(rows, key=lambda r: (r["name"], r["rank"], r["at"], r["id"]), reverse=descending)
    assert seen == [row["id"] for row in ordered]
