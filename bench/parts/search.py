"""Finding products by words typed without diacritics: beside the naive twin, and in Postgres among a million."""

import gc
import random
import time
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any
from urllib.parse import quote_plus

import asyncpg
from sqlalchemy import event

from bench.contest import Side, interleave, ratio, require_equal
from bench.load import get
from bench.options import Options
from bench.people import SECRETARY
from bench.report import Report
from bench.seed import KINDS, PLACES, QUALITIES
from bench.stage import Stage, say
from registry.domain.product_access import READERS, scope_of
from registry.persistence.products import Products
from shared.db.engine import Database
from shared.db.pages import PageRequest

LEAST, MOST_P99 = 6.0, 15.0
COMPARED = 12
REPEATED = 3
_APOSTROPHE = "'"

Run = tuple[str, tuple[Any, ...]]
"""A statement of the product with its parameters."""


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """Search over HTTP beside the naive twin; then the product's own statements among a million products."""
    token = stage.signatures.token(SECRETARY)
    queries = _kinds_of_places()
    mine = [get(f"/api/registry/v1/products?q={quote_plus(q)}", token) for q in queries]
    theirs = [get(f"/products?q={quote_plus(q)}", token) for q in queries]
    ours, naive = await stage.serve("registry.main"), await stage.serve("bench.naive.registry")
    say("product search")
    pairs = random.sample(list(zip(mine, theirs, strict=True)), COMPARED)
    await require_equal(pairs, ours, naive, part=lambda body: body["items"])
    sides = (Side("product", ours, lambda: _endless(mine)), Side("naive", naive, lambda: _endless(theirs)))
    # Few connections: eight whole-table searches of the twin at once would meet the statement timeout.
    await interleave(
        sides,
        stage.postgres_pid,
        rounds=options.rounds,
        seconds=options.seconds,
        warm_up=options.warm_up,
        connections=2,
    )
    times = ratio(*sides)
    stage.end(ours, naive)
    report.add_sides("product search", sides, times)
    report.want_ratio("product search", times, LEAST)
    if options.million is not None:
        await _measure_database(stage, report, options, options.million)


def _typed(text: str) -> str:
    """As on a keyboard without Vietnamese letters."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace(_APOSTROPHE, ""))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _kinds_of_places() -> list[str]:
    """What people type: a kind of product and its place, in small letters without marks.

    Places with an apostrophe are left out of the comparison: the twin does not see that people leave it out.
    """
    return [_typed(f"{kind} {place}") for kind, place in product(KINDS, PLACES) if _APOSTROPHE not in place]


def _endless(requests: list[bytes]) -> Iterator[bytes]:
    while True:
        yield random.choice(requests)


async def _measure_database(stage: Stage, report: Report, options: Options, products: int) -> None:
    """One client, its latencies: what Postgres and the way to it take, the plan made anew for each words."""
    url = stage.urls(await stage.grown(products))["registry"]
    worst = 0.0
    gc.collect()
    gc.freeze()  # the client's own collector, ten milliseconds and more at a time, is no part of the database
    try:
        for what, queries in _searches(products):
            runs = await _statements(url, queries[: options.some(len(queries))])
            p50, p99 = report.add_times(f"search among {products:,}", what, await _latencies(url, runs))
            worst = max(worst, p99)
            say(f"{what}: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms")
    finally:
        gc.unfreeze()
    report.want_most(f"search among {products:,}, database p99", worst * 1000, MOST_P99, "ms")


def _searches(products: int) -> Iterator[tuple[str, list[str]]]:
    """From what most rows have to what one has."""
    yield "a common word", sorted({word for name in (*KINDS, *PLACES, *QUALITIES) for word in _typed(name).split()})
    yield "kind and place", _kinds_of_places()
    named = list(product(KINDS, QUALITIES, PLACES))
    yield "kind, quality and place", [_typed(" ".join(name)) for name in random.sample(named, 100)]
    numbers = random.sample(range(1, products), 100)
    yield "one product", [_typed(f"{KINDS[n % 14]} {QUALITIES[n // 14 % 10]} {n}") for n in numbers]


async def _statements(url: str, queries: Sequence[str]) -> list[list[Run]]:
    """What the product sends to Postgres for each search."""
    database = Database(url, name="bench")
    runs: list[list[Run]] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def keep(_c: Any, _cursor: Any, statement: str, parameters: tuple[Any, ...], *_rest: Any) -> None:
        runs[-1].append((statement, parameters))

    try:
        for q in queries:
            runs.append([])
            async with database.session() as session:
                page = await Products(session).page(
                    scope_of(SECRETARY, READERS), PageRequest(), q=q, star=None, year=None
                )
                if not page[0]:
                    raise RuntimeError(f"nothing found by {q!r}")
    finally:
        await database.stop()
    return runs


async def _latencies(url: str, runs: Sequence[Sequence[Run]]) -> list[float]:
    """Seconds of each search, several times over, on a connection that has met them all."""
    connection = await asyncpg.connect(url, server_settings={"plan_cache_mode": "force_custom_plan"})
    try:
        await _times(connection, runs)
        return [one for _ in range(REPEATED) for one in await _times(connection, runs)]
    finally:
        await connection.close()


async def _times(connection: "asyncpg.Connection[asyncpg.Record]", runs: Sequence[Sequence[Run]]) -> list[float]:
    """Seconds of each search, all its statements together."""
    taken = []
    for run in runs:
        began = time.perf_counter()
        for statement, parameters in run:
            await connection.fetch(statement, *parameters)
        taken.append(time.perf_counter() - began)
    return taken
