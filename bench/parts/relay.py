"""From the outbox to the effect: events that a score sheet told, into the subscriber's queue, and to its deed there.

Both sides are told the same events. Into the queue: the relay's own turns, with nobody who reads the queue. To the
effect: the services' worker processes as they run, until the last event's deed is stored.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

from arq.connections import RedisSettings, create_pool

from bench.contest import Unequal
from bench.naive import relaying
from bench.options import Options
from bench.report import Report, Row
from bench.stage import Stage, say
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.tasks import TASKS
from shared.contracts.evaluation import SheetSubmitted
from shared.db.engine import Database
from shared.tasks.declarations import TaskContext
from shared.tasks.queue import TaskQueue
from shared.tasks.worker import RELAY_BATCH, WorkerRuntime

LEAST = 30.0
TO_QUEUE = (20 * RELAY_BATCH, 500)
TO_EFFECT = (10_000, 500)
"""Events of a turn for the product and for its twin: each takes a second or so."""
AHEAD = 200
"""Events of each turn that are not timed; what they lead to is compared."""
LONGEST = 120.0

_TELL = """
WITH told AS (
    INSERT INTO outbox_events (id, type, payload, occurred_at, traceparent)
    SELECT uuidv7(), $3, jsonb_build_object('round_id', md5('round' || n / 900)::uuid,
        'dossier_id', md5('dossier' || n / 9)::uuid, 'member_id', md5('member' || n % 9)::uuid,
        'submitted_at', '2023-07-01T02:00:00Z'::timestamptz + n * interval '1 second'), now(),
        '00-' || md5('trace' || n) || '-' || substr(md5('span' || n), 1, 16) || '-01'
    FROM generate_series($1::int, $2::int) AS n RETURNING id)
INSERT INTO outbox_deliveries (event_id, subscriber) SELECT id, 'notifier' FROM told
"""
_DEEDS = """
SELECT count(*), md5(string_agg(concat_ws(' ', event_type, item, about, year, period, code, person_id, at, revision),
    '|' ORDER BY item COLLATE "C")) FROM fulfilments
"""


class _Wires:
    """The connections of a measurement."""

    def __init__(self, stage: Stage, publisher: Any, subscriber: Any, queue: TaskQueue) -> None:
        self.stage, self.publisher, self.subscriber, self.queue = stage, publisher, subscriber, queue

    async def tell(self, events: int) -> None:
        """So many events in an outbox that is empty otherwise; nothing received, nothing queued."""
        await self.publisher.execute("TRUNCATE outbox_events, inbox CASCADE")
        await self.subscriber.execute("TRUNCATE inbox, fulfilments CASCADE")
        await self.queue.redis.flushdb()
        await self.add(1, events)
        await self.publisher.execute("ANALYZE outbox_events, outbox_deliveries, inbox")
        await self.subscriber.execute("ANALYZE inbox, fulfilments")

    async def add(self, first: int, last: int) -> None:
        """The events of these numbers, as a transaction of the publisher leaves them."""
        await self.publisher.execute(_TELL, first, last, SheetSubmitted.type)

    async def deeds(self, events: int) -> str:
        """Wait for so many deeds in the subscriber's database; what they are, as a hash."""
        limit = time.monotonic() + LONGEST
        while await self.subscriber.fetchval("SELECT count(*) FROM fulfilments") < events:
            if time.monotonic() > limit:
                raise Unequal(f"{events} events have not had their effect after {LONGEST:.0f} s")
            await asyncio.sleep(0.02)
        count, hashed = await self.subscriber.fetchrow(_DEEDS)
        if count != events:
            raise Unequal(f"{events} events, {count} deeds")
        return str(hashed)


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """Both ways, both sides in turns."""
    queue = await TaskQueue.connect(stage.redis_url, prefix="bench")
    wires = _Wires(stage, await stage.connect(schema="evaluation"), await stage.connect(schema="notifier"), queue)
    try:
        await _to_queue(wires, report, options)
        await _to_effect(wires, report, options)
    finally:
        await wires.tell(0)
        await queue.close()
        for connection in (wires.publisher, wires.subscriber):
            await connection.close()


async def _to_queue(wires: _Wires, report: Report, options: Options) -> None:
    database = Database(wires.stage.urls()["evaluation"], name="bench")
    runtime = WorkerRuntime(TASKS, TaskContext(database, EvaluationUow), wires.queue)
    sessions = relaying.sessions_of(wires.stage.urls()["evaluation"])
    redis = await create_pool(RedisSettings.from_dsn(wires.stage.redis_url))

    async def naive() -> int:
        return await relaying.relay(sessions, redis)

    rates: tuple[list[float], list[float]] = ([], [])
    try:
        for number in range(options.rounds):
            for side in (0, 1) if number % 2 == 0 else (1, 0):
                rates[side].append(await _drain(wires, options.some(TO_QUEUE[side]), (runtime.relay, naive)[side]))
            say(f"outbox to queue: product {rates[0][-1]:,.0f}/s, naive {rates[1][-1]:,.0f}/s")
    finally:
        await database.stop()
        await redis.aclose()
    _tell(report, "outbox to queue", rates)


async def _drain(wires: _Wires, events: int, turn: Callable[[], Awaitable[int]]) -> float:
    """Events a second through turns of a relay until each was sent once; unread, they would be due again."""
    await wires.tell(events)
    began, sent = time.perf_counter(), 0
    while sent < events:
        sent += await turn()
    took = time.perf_counter() - began
    if sent != events:
        raise Unequal(f"{events} events, {sent} sent")
    return events / took


async def _to_effect(wires: _Wires, report: Report, options: Options) -> None:
    rates: tuple[list[float], list[float]] = ([], [])
    ahead, effects = options.some(AHEAD), set()
    for number in range(options.rounds):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            rate, effect = await _run(wires, ahead, options.some(TO_EFFECT[side]), SIDES[side])
            rates[side].append(rate)
            effects.add(effect)
        if len(effects) != 1:
            raise Unequal(f"the deeds of {ahead} events differ between the product and its twin")
        say(f"outbox to effect: product {rates[0][-1]:,.0f}/s, naive {rates[1][-1]:,.0f}/s")
    say(f"{ahead} events have the same effect on both sides")
    _tell(report, "outbox to effect", rates)


SIDES = (
    (("-c", "from evaluation.worker import run; run()"), ("-c", "from notifier.worker import run; run()")),
    (("-m", "bench.naive.relaying", "relay"), ("-m", "bench.naive.relaying", "receive")),
)
"""Publisher and subscriber of each side."""


async def _run(
    wires: _Wires, ahead: int, events: int, side: tuple[tuple[str, ...], tuple[str, ...]]
) -> tuple[float, str]:
    """Events a second from the outbox to the deed, and what the deeds are of those that go `ahead`.

    Both processes have started, connected and met these when the others are told.
    """
    await wires.tell(0)
    servers = [wires.stage.work(command) for command in side]
    await wires.add(1, ahead)
    effect = await wires.deeds(ahead)
    await wires.add(ahead + 1, ahead + events)
    began = time.perf_counter()
    await wires.deeds(ahead + events)
    took = time.perf_counter() - began
    wires.stage.end(*servers)
    return events / took, effect


def _tell(report: Report, what: str, rates: tuple[list[float], list[float]]) -> None:
    times = median(mine / other for mine, other in zip(*rates, strict=True))
    report.rows.append(Row(what, "product", median(rates[0]), ratio=times))
    report.rows.append(Row("", "naive", median(rates[1])))
    report.want_ratio(what, times, LEAST)
