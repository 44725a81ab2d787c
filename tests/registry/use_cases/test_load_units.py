"""The shipped units are loaded whole, in the three states the law made."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from registry.load import load
from registry.persistence.unit_of_work import RegistryUow
from shared.db.engine import Database
from shared.testing.plugin import OpenDatabases

STATE = """
    SELECT kind, count(*) FROM units
    WHERE level = :level AND valid_from <= CAST(:day AS date) AND (valid_to IS NULL OR valid_to >= CAST(:day AS date))
    GROUP BY kind
"""
TODAY = """
    WITH RECURSIVE walk AS (
        SELECT code AS origin, code, valid_from FROM units WHERE level = 'commune' AND valid_from = '2023-04-10'
        UNION
        SELECT w.origin, s.to_code, s.to_valid_from FROM walk w
        JOIN unit_successions s ON s.from_code = w.code AND s.from_valid_from = w.valid_from
    )
    SELECT count(DISTINCT origin) AS origins, count(*) AS ends, count(DISTINCT w.code) AS targets
    FROM walk w JOIN units u ON u.code = w.code AND u.valid_from = w.valid_from WHERE u.valid_from = '2025-07-01'
"""


async def loaded(open_database: OpenDatabases) -> Database:
    database = await open_database("registry")
    async with RegistryUow.open(database) as uow:
        await load(uow, demonstration=False)
    return database


async def kinds(database: Database, level: str, day: str) -> dict[str, int]:
    rows: Sequence[Any]
    async with database.session() as session:
        rows = (await session.execute(text(STATE.replace(":day", f"'{day}'")), {"level": level})).all()
    return {row[0]: row[1] for row in rows}


async def test_the_three_states_have_the_counts_of_the_resolutions(open_database: OpenDatabases) -> None:
    database = await loaded(open_database)
    assert await kinds(database, "commune", "2023-06-01") == {"ward": 30, "commune": 197, "township": 14}
    assert await kinds(database, "district", "2023-06-01") == {"city": 2, "town": 1, "district": 15}
    assert await kinds(database, "commune", "2025-03-01") == {"ward": 29, "commune": 190, "township": 14}
    assert sum((await kinds(database, "district", "2025-03-01")).values()) == 17
    assert await kinds(database, "commune", "2025-07-01") == {"ward": 23, "commune": 70, "special_zone": 1}
    assert await kinds(database, "district", "2025-07-01") == {}
    assert await kinds(database, "province", "2025-07-01") == {"city": 1}


async def test_all_241_communes_become_exactly_one_of_78(open_database: OpenDatabases) -> None:
    database = await loaded(open_database)
    async with database.session() as session:
        row = (await session.execute(text(TODAY))).one()
    assert (row.origins, row.ends, row.targets) == (241, 241, 78)


async def test_loading_twice_changes_nothing(open_database: OpenDatabases) -> None:
    database = await loaded(open_database)
    count = text("SELECT (SELECT count(*) FROM units), (SELECT count(*) FROM unit_successions)")
    async with database.session() as session:
        first = (await session.execute(count)).one()
    async with RegistryUow.open(database) as uow:
        await load(uow, demonstration=False)
    async with database.session() as session:
        assert (await session.execute(count)).one() == first
