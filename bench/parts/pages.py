"""The list of products: its first page beside the naive twin, and pages deep in the list beside the first."""

import random
from collections.abc import Callable, Iterator
from itertools import repeat
from statistics import median

from bench.contest import Side, interleave, ratio, require_equal
from bench.load import get
from bench.options import Options
from bench.people import SECRETARY
from bench.report import Report
from bench.stage import Stage, say
from shared.db.pages import encode_cursor

DEPTHS = (0.01, 0.25, 0.5, 0.75, 0.99)
"""Shares of the list that lie before a deep page."""
MOST_TIMES = 1.5


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """First pages over HTTP, then first and deep pages of the product in turns."""
    token = stage.signatures.token(SECRETARY)
    offsets = [int(options.products * depth) for depth in DEPTHS]
    connection = await stage.connect()
    last_before = [
        await connection.fetchval("SELECT id FROM products ORDER BY id OFFSET $1 LIMIT 1", offset - 1)
        for offset in offsets
    ]
    await connection.close()
    first = get("/api/registry/v1/products", token)
    deep = [get(f"/api/registry/v1/products?cursor={encode_cursor([last])}", token) for last in last_before]
    their_first = get("/products", token)
    their_deep = [get(f"/products?offset={offset}", token) for offset in offsets]
    ours, naive = await stage.serve("registry.main"), await stage.serve("bench.naive.registry")
    say("product list")
    pairs = [(first, their_first), *zip(deep, their_deep, strict=True)]
    await require_equal(pairs, ours, naive, part=lambda body: body["items"])

    sides = (Side("product", ours, lambda: repeat(first)), Side("naive", naive, lambda: repeat(their_first)))
    await interleave(sides, stage.postgres_pid, rounds=options.rounds, seconds=options.seconds, warm_up=options.warm_up)
    report.add_sides("list, first page", sides, ratio(*sides))

    say("product list, deep pages")
    near, far = Side("product", ours, lambda: repeat(first)), Side("product", ours, _any_of(deep))
    twin = Side("naive", naive, _any_of(their_deep))
    await interleave(
        (far, twin, near), stage.postgres_pid, rounds=options.rounds, seconds=options.seconds, warm_up=options.warm_up
    )
    report.add_sides("list, deep page", (far, twin), ratio(far, twin))
    slower = median(one / deep_one for one, deep_one in zip(near.total.rates, far.total.rates, strict=True))
    report.want_most("deep page against the first", slower, MOST_TIMES, "×", 2)
    stage.end(ours, naive)


def _any_of(requests: list[bytes]) -> Callable[[], Iterator[bytes]]:
    def series() -> Iterator[bytes]:
        while True:
            yield random.choice(requests)

    return series
