"""Two sides of one comparison, run in turns so that what else the machine does meets both."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.load import Measurement, drive, fetch
from bench.stage import Server, say


class Unequal(AssertionError):
    """The two sides do not answer the same: nothing may be compared."""


@dataclass
class Side:
    """One server with the requests it is sent. `requests` begins a new series each time it is called."""

    name: str
    server: Server
    requests: Callable[[], Iterator[bytes]]
    total: Measurement = field(default_factory=Measurement)


async def interleave(
    sides: Sequence[Side],
    postgres: int,
    *,
    rounds: int,
    seconds: float,
    warm_up: float,
    connections: int = 8,
) -> None:
    """Warm every side up, then measure them in turns, the order reversed each round. Raises on any failed request."""
    for side in sides:
        await drive(
            side.server.port, side.server.pid, postgres, side.requests(), seconds=warm_up, connections=connections
        )
    for number in range(rounds):
        for side in sides if number % 2 == 0 else sides[::-1]:
            one = await drive(
                side.server.port, side.server.pid, postgres, side.requests(), seconds=seconds, connections=connections
            )
            if one.failures:
                raise RuntimeError(f"{side.name}: {one.failures} of {one.requests} requests failed: {one.failed!r}")
            side.total.add(one)
        say(f"round {number + 1} of {rounds}: " + ", ".join(f"{s.name} {s.total.rates[-1]:,.0f}/s" for s in sides))


def ratio(ours: Side, theirs: Side) -> float:
    """How many times as many requests a second: the median of the rounds' ratios."""
    return median(a / b for a, b in zip(ours.total.rates, theirs.total.rates, strict=True))


async def require_equal(
    pairs: Sequence[tuple[bytes, bytes]],
    ours: Server,
    theirs: Server,
    *,
    part: Callable[[Any], Any] = lambda body: body,
) -> None:
    """Send each pair of requests and compare the JSON, or the `part` of it. Raises Unequal on the first difference."""
    for mine, other in pairs:
        (status, body), (their_status, their_body) = await fetch(ours.port, mine), await fetch(theirs.port, other)
        if (status, their_status) != (200, 200):
            raise Unequal(f"{mine!r}: {status} {body[:500]!r}; the twin: {their_status} {their_body[:500]!r}")
        left, right = part(json.loads(body)), part(json.loads(their_body))
        if left != right:
            raise Unequal(f"{mine!r}:\n  product {json.dumps(left)[:1500]}\n  twin    {json.dumps(right)[:1500]}")
    say(f"{len(pairs)} answers of both sides are equal")
