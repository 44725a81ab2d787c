"""Reminders fanned out: 50,000 duties become 100,000 notices, durably, beside a twin that writes one after another.

Meanwhile people read their inbox: how long they wait with and without the fan-out.
"""

import asyncio
import resource
import time
from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import Any
from uuid import UUID

from bench.contest import Unequal
from bench.load import drive, get
from bench.naive import reminding
from bench.options import Options
from bench.people import person
from bench.report import Report, Row
from bench.stage import Server, Stage, say
from notifier.domain.policies import PolicyDraft
from notifier.load import load
from notifier.persistence.reminders import REMINDERS
from notifier.persistence.unit_of_work import NotifierUow
from shared.contracts.roles import Level, Role
from shared.db.engine import Database

DUTIES, TWINS = 50_000, 200
LEAST, MOST_SLOWER = 30.0, 3.0
READER = person(Role.COUNCIL_MEMBER, Level.DISTRICT, "502")
_CLEAR = "TRUNCATE notices, reminder_steps, receipts, silences, deadline_revisions, obligations CASCADE"
_PEOPLE = """
    INSERT INTO appointment_projections
        (id, person_id, person_name, email, role, level, unit_code, valid_from, revision)
    SELECT md5('appointment' || n)::uuid, CASE n WHEN 0 THEN $1 ELSE md5('person' || n)::uuid END, 'Người ' || n,
           'p' || n || '@bench.example', 'council_member', 'district', 'u' || n / 10, '2020-01-01', 1
    FROM generate_series(0, $2::int - 1) AS n ON CONFLICT DO NOTHING
"""
_POLICY = {
    "id": "bench",
    "code": "bench",
    "source": "bench",
    "send_at": "00:00",
    "chains": [["email"], ["inbox"]],
    "steps": [{"step": -7, "tell": [{"who": "responsible", "template": "reminder"}]}],
    "silence_template": "silence",
    "delivery": {"tries": 5, "first_retry_seconds": 60, "longest_retry_seconds": 3600, "give_up_seconds": 86400},
}
_DUTIES = """
    INSERT INTO obligations (id, version, source_kind, source_id, revision, deadline_key, code, title, source, year,
        period, unit_code, level, responsible, person_id, due_on, due_at, listed_on, about, fulfilled_by, waived_by,
        total, done, state, late, settled, next_step_at, silence_due)
    SELECT md5('duty' || n)::uuid, 1, 'bench', n::text, 1, 'bench', 'bench', 'Chấm điểm hồ sơ ' || n, 'bench',
           2026, '', '502', 'district', 'council_member',
           CASE n WHEN 0 THEN $1 ELSE md5('person' || n)::uuid END, d.due,
           (d.due + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh',
           d.due, '', ARRAY['none'], '{}', 1, 0, 'open', false, true, now() - interval '1 minute', false
    FROM generate_series(0, $2::int - 1) AS n, (SELECT public.legal_date(now()) + 7 AS due) d
"""
_MADE = """
    SELECT count(*), md5(string_agg(concat_ws(' ', obligation_id, person_id, channel, address, state, step, due_on,
                                              template_code, template_version), '|' ORDER BY obligation_id, channel))
    FROM notices
"""


class _Fan:
    """The duties of a measurement and both ways to remind of them."""

    def __init__(self, admin: Any, database: Database) -> None:
        self.admin, self.database = admin, database

    async def owe(self, duties: int) -> None:
        """So many duties with a step that is due, and no notice."""
        await self.admin.execute(_CLEAR)
        await self.admin.execute(_DUTIES, READER.person_id, duties)
        await self.admin.execute("ANALYZE obligations, appointment_projections, notices")

    async def product(self) -> None:
        """The routine's turns until nothing is due."""
        while True:
            async with NotifierUow.open(self.database) as uow:
                due: list[UUID] = await uow.reminders.lock_due(await uow.now(), REMINDERS)
                if not due:
                    return
                await uow.reminders.make(due, await uow.now(), await uow.today())

    async def naive(self) -> None:
        """One notice after another."""
        await reminding.remind(self.database.sessions)

    async def rate(self, duties: int, way: Any) -> float:
        """Notices a second, each committed."""
        await self.owe(duties)
        began = time.perf_counter()
        await way()
        took = time.perf_counter() - began
        made = await self.admin.fetchval("SELECT count(*) FROM notices")
        if made != 2 * duties:
            raise Unequal(f"{duties} duties and {made} notices")
        return made / took


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """Rates in turns; then the inbox alone and beside the fan-out."""
    admin = await stage.connect(schema="notifier")
    database = Database(stage.urls()["notifier"], name="bench")
    try:
        async with NotifierUow.open(database) as uow:
            await load(uow, False)
            row = await uow.policies.draft(PolicyDraft.model_validate(_POLICY), READER.person_id)
            await uow.policies.publish(row, date(2019, 1, 1), published_by=None, at=await uow.now())
        await admin.execute(_PEOPLE, READER.person_id, DUTIES)
        fan = _Fan(admin, database)
        await _require_equal(fan)
        await _rates(fan, report, options.rounds)
        await _beside(stage, fan, report, options.seconds)
    finally:
        await admin.execute(_CLEAR)
        await admin.execute("DELETE FROM reminder_policies WHERE id = 'bench'; TRUNCATE appointment_projections")
        await database.stop()
        await admin.close()


async def _require_equal(fan: _Fan) -> None:
    made = []
    for way in (fan.product, fan.naive):
        await fan.owe(100)
        await way()
        made.append(tuple(await fan.admin.fetchrow(_MADE)))
    if made[0] != made[1]:
        raise Unequal(f"notices of both sides differ: {made}")
    say("the notices of both sides are equal")


async def _rates(fan: _Fan, report: Report, rounds: int) -> None:
    rates: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            rates[side].append(await fan.rate((DUTIES, TWINS)[side], (fan.product, fan.naive)[side]))
        say(f"notices: product {rates[0][-1]:,.0f}/s, naive {rates[1][-1]:,.0f}/s")
    times = median(ours / theirs for ours, theirs in zip(*rates, strict=True))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.rows.append(Row("100,000 notices fanned out", "product", median(rates[0]), memory=memory, ratio=times))
    report.rows.append(Row("", "naive", median(rates[1])))
    report.want_ratio("notices fanned out", times, LEAST)


async def _beside(stage: Stage, fan: _Fan, report: Report, seconds: float) -> None:
    server = await stage.serve("bench.notices_api")
    request = get("/api/notifier/v1/inbox", stage.signatures.token(READER))
    await fan.owe(DUTIES)
    await _read(stage, server, request, 1.0)
    alone = await _read(stage, server, request, seconds)
    fanning = asyncio.create_task(fan.product())
    beside = await _read(stage, server, request, seconds)
    if fanning.done():
        say("the fan-out ended before the reading")
    await fanning
    stage.end(server)
    for name, measured in (("alone", alone), ("while 100,000 notices are made", beside)):
        report.rows.append(
            Row("inbox", name, measured.rate, measured.percentile(0.5), measured.percentile(0.99), measured.cpu)
        )
    slower = beside.percentile(0.99) / alone.percentile(0.99)
    report.want_most("inbox p99 beside the fan-out", slower, MOST_SLOWER, "times that alone")


async def _read(stage: Stage, server: Server, request: bytes, seconds: float) -> Any:
    def endless() -> Iterator[bytes]:
        while True:
            yield request

    measured = await drive(server.port, server.pid, stage.postgres_pid, endless(), seconds=seconds, connections=2)
    if measured.failures:
        raise RuntimeError(f"{measured.failures} reads failed: {measured.failed!r}")
    return measured
