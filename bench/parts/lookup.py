"""Reading one thing: the public passport by the code on the stamp, a product by its id."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench.contest import Side, interleave, ratio, require_equal
from bench.load import get
from bench.options import Options
from bench.people import SECRETARY
from bench.pgbench import run_scripts, with_literals
from bench.report import Report, Row
from bench.stage import Stage, say
from registry.domain.product_access import READERS, scope_of
from registry.persistence.documents import product_statement
from registry.persistence.passports import PASSPORT
from registry.persistence.scopes import scope_values

SAMPLE = 2000
LEAST, MOST_CPU = 15.0, 0.20


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """Both lookups, each beside the naive twin; the statement alone under pgbench is the limit."""
    connection = await stage.connect()
    rows = await connection.fetch(
        "SELECT product_code, product_id FROM certificates WHERE ended_on IS NULL AND random() < 0.05 LIMIT $1", SAMPLE
    )
    await connection.close()
    token = stage.signatures.token(SECRETARY)
    ours = await stage.serve("registry.main")
    naive = await stage.serve("bench.naive.registry")
    some = rows[: options.some(60)]
    for what, paths, signed, statement in (
        ("passport", [f"/passports/{row['product_code']}" for row in rows], None, _passport_script(some)),
        ("product", [f"/products/{row['product_id']}" for row in rows], token, _product_script(some)),
    ):
        say(f"{what} lookup")
        mine = [get(f"/api/registry/v1{path}", signed) for path in paths]
        theirs = [get(path, signed) for path in paths]
        await require_equal(list(zip(mine, theirs, strict=True))[: options.some(100)], ours, naive)
        sides = (Side("product", ours, _endless(mine)), Side("naive", naive, _endless(theirs)))
        await interleave(
            sides, stage.postgres_pid, rounds=options.rounds, seconds=options.seconds, warm_up=options.warm_up
        )
        times = ratio(*sides)
        report.add_sides(f"{what} lookup", sides, times)
        limit = await run_scripts(stage, "registry", statement, seconds=options.seconds)
        report.rows.append(Row("", "statement under pgbench", limit.rate, limit.mean, database=limit.database))
        report.want_ratio(f"{what} lookup", times, LEAST)
        report.want_most(f"{what} lookup, server CPU", sides[0].total.cpu * 1000, MOST_CPU, "ms", 3)
    stage.end(ours, naive)


def _endless(requests: list[bytes]) -> Callable[[], Iterator[bytes]]:
    def series() -> Iterator[bytes]:
        while True:
            yield random.choice(requests)

    return series


def _passport_script(rows: Sequence[Any]) -> list[str]:
    return [with_literals(PASSPORT.sql, {"keys": [row["product_code"]], "day": None}) for row in rows]


def _product_script(rows: Sequence[Any]) -> list[str]:
    readers = scope_of(SECRETARY, READERS)
    sql, values = product_statement(readers).sql, scope_values(readers)
    return [with_literals(sql, {"keys": [row["product_id"]], **values}) for row in rows]
