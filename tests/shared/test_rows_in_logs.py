"""What Postgres tells of a row stays out of the log; where and how the statement failed is in it."""

import io
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from traceback import format_exception

import asyncpg
import httpx
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.shared.test_logging import configured  # noqa: F401  # a fixture

from shared.db.engine import Database
from shared.http import problems
from shared.logging import without_rows
from shared.testing.plugin import OpenDatabases

SECRET = 'Bà Nguyễn Thị Lan\n\nthôn 4 "Bình Quý"'  # a row may hold lines and quotes
WITHOUT_KIND = "INSERT INTO trade_events (id, name) VALUES (gen_random_uuid(), {})"
Refused = Callable[[Database], Awaitable[object]]


async def by_sqlalchemy(database: Database) -> object:
    async with database.session() as session:
        return await session.execute(text(WITHOUT_KIND.format(":name")), {"name": SECRET})


async def by_the_raw_pool(database: Database) -> object:
    return await database.reads.fetchval(WITHOUT_KIND.format("$1"), SECRET)


async def by_the_driver(database: Database) -> object:
    return await database.reads.fetchval("SELECT $1::integer", SECRET)


async def by_a_conversion(database: Database) -> object:
    return await database.reads.fetchval("SELECT CAST($1::text AS integer)", SECRET)


@pytest.fixture
async def opened(open_database: OpenDatabases) -> Database:
    return await open_database("commerce")


@dataclass
class Lines:
    """The product's log, written into a text."""

    log: structlog.stdlib.BoundLogger
    written: io.StringIO

    def only(self) -> dict[str, object]:
        line: dict[str, object] = json.loads(self.written.getvalue())
        return line


@pytest.fixture
def lines(configured: None, monkeypatch: pytest.MonkeyPatch) -> Lines:  # noqa: F811  # the fixture
    """The log that refusals of routes go to as well."""
    handler, made = logging.getLogger().handlers[0], Lines(structlog.get_logger("test"), io.StringIO())
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(made.written)
    monkeypatch.setattr(problems, "log", made.log)
    return made


@pytest.mark.parametrize("refused", [by_sqlalchemy, by_the_raw_pool, by_the_driver, by_a_conversion])
async def test_no_value_of_a_row_is_logged_with_an_error(refused: Refused, opened: Database, lines: Lines) -> None:
    with pytest.raises((DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError)) as caught:
        await refused(opened)
    assert "Lan" in "".join(format_exception(caught.value)), "Python's own words quote it"
    lines.log.error("failed", exc_info=caught.value)
    told = str(lines.only()["exception"])
    for part in ("Lan", "thôn", "Bình Quý"):
        assert part not in told
    assert refused.__name__ in told, "the traceback is there"
    assert "<row>" in told
    assert "Lan" not in without_rows(f"{type(caught.value).__name__}: {caught.value}"), "as failed tasks keep it"


@pytest.mark.parametrize("refused", [by_sqlalchemy, by_the_raw_pool])
async def test_a_failed_statement_is_logged_with_its_state_and_table(
    refused: Refused, opened: Database, lines: Lines
) -> None:
    app = FastAPI()
    problems.install_problem_handlers(app)

    @app.get("/failing")
    async def fail() -> None:
        await refused(opened)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/failing")
    assert answer.status_code == 500
    line = lines.only()
    assert (line["event"], line["sqlstate"], line["table_name"]) == ("database_error", "23502", "trade_events")
    assert 'null value in column "kind"' in str(line["exception"])


def test_what_follows_the_row_is_still_told() -> None:
    error = "E: duplicate key\nDETAIL:  Key (phone)=(1) exists.\nHINT:  Use another.\n[SQL: INSERT INTO x]"
    assert without_rows(error) == "E: duplicate key\nDETAIL: <row>\nHINT:  Use another.\n[SQL: INSERT INTO x]"
    group = "  | E: a\n  | DETAIL:  Key (phone)=(1)\n  +---- 2 ----\n  | ValueError: b"
    assert without_rows(group) == "  | E: a\n  | DETAIL: <row>\n  +---- 2 ----\n  | ValueError: b"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (asyncpg.UniqueViolationError("x"), 409),
        (asyncpg.ForeignKeyViolationError("x"), 409),
        (asyncpg.DataError("x"), 422),
        (asyncpg.NumericValueOutOfRangeError("x"), 422),
        (asyncpg.InterfaceError("x"), 503),
        (asyncpg.DeadlockDetectedError("x"), 503),
        (asyncpg.TooManyConnectionsError("x"), 503),
        (asyncpg.CheckViolationError("x"), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_each_kind_of_refusal_has_its_answer(error: Exception, status: int) -> None:
    assert problems.problem_of_database(error).status == status
