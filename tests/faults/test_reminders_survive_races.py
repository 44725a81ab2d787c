"""Promise 3: one reminder per recipient, step and channel, whatever races, dies or shows the wrong time."""

import asyncio
import os
import subprocess
import sys
from datetime import date, datetime
from itertools import cycle
from pathlib import Path

import asyncpg
import pytest
from tests.notifier.policy_documents import policy

from notifier.domain.policies import PolicyDraft
from notifier.load import load
from notifier.persistence.unit_of_work import NotifierUow
from shared.ids import new_id
from shared.testing.plugin import OpenDatabases, TestDatabase

ROOT = Path(__file__).parents[2]
RECIPIENTS = int(os.environ.get("FAULT_RECIPIENTS", "600"))
"""`make faults` plays it with 5,000."""
STEPS = {-7: "2023-07-24", -3: "2023-07-28", 0: "2023-07-31", 1: "2023-08-01"}
SKEWS = ("-600", "0", "600")
LIFE = RECIPIENTS * 2 // 3
"""Messages after which a worker is killed; the last of them is sent and not recorded."""

PEOPLE = """
    INSERT INTO appointment_projections (
        id, person_id, person_name, email, role, level, unit_code, valid_from, revision)
    SELECT gen_random_uuid(), gen_random_uuid(), 'Người ' || n, 'p' || n || '@demo.ocop.example', 'district_secretary',
           'district', 'u' || n, '2020-01-01', 1
    FROM generate_series(1, $1::integer) n
"""
DUTIES = """
    INSERT INTO obligations (
        id, version, source_kind, source_id, revision, deadline_key, code, title, source, year, period, unit_code,
        unit_name, level, responsible, due_on, due_at, listed_on, about, fulfilled_by, waived_by, total, done, state,
        late, settled, silence_due)
    SELECT gen_random_uuid(), 1, 'test', n::text, 1, 'evaluation', 'district_evaluation', 'Đánh giá', 'Kế hoạch', 2023,
           '2023', 'u' || n, 'Huyện ' || n, 'district', 'district_secretary', '2023-07-31', '2023-07-31T17:00:00Z',
           '2023-07-31', 'u' || n, '{evaluation.round_finished}', '{}', 1, 0, 'open', false, false, false
    FROM generate_series(1, $1::integer) n
"""


class Workers:
    """Three processes; whoever is killed is started again, as the supervisor does."""

    def __init__(self, url: str, path: Path) -> None:
        self._url, self._path = url, path
        self.kills = 0
        self._running = {skew: self._start(skew) for skew in SKEWS}

    def _start(self, skew: str) -> "subprocess.Popen[bytes]":
        arguments = [sys.executable, "-m", "tests.faults.reminder_worker", self._url, str(self._path), str(LIFE), skew]
        return subprocess.Popen(arguments, cwd=ROOT)

    def revive(self) -> None:
        """Start again whoever died; dying otherwise than by the kill is a fault."""
        for skew, process in self._running.items():
            if process.poll() is not None:
                assert process.returncode == -9, f"a worker ended by itself: {process.returncode}"
                self.kills += 1
                self._running[skew] = self._start(skew)

    def stop(self) -> None:
        """End them all."""
        for process in self._running.values():
            process.terminate()
            process.wait(30)


@pytest.mark.fault
async def test_every_recipient_is_told_each_step_once_though_workers_race_die_and_misread_the_time(
    database: TestDatabase, open_database: OpenDatabases, tmp_path: Path
) -> None:
    started = await open_database("notifier")
    admin = await asyncpg.connect(database.admin_url)
    steps = [{"step": step, "tell": [{"who": "responsible", "template": "reminder"}]} for step in STEPS]
    async with NotifierUow.open(started) as uow:
        await load(uow, False)
        row = await uow.policies.draft(PolicyDraft.model_validate(policy(steps=steps, chains=[["email"]])), new_id())
        await uow.policies.publish(row, date(2023, 1, 1), published_by=None, at=await uow.now())
    await _clock(admin, "2023-07-20T08:00:00")
    async with NotifierUow.open(started) as uow:
        connection = await (await uow.session.connection()).get_raw_connection()
        raw = connection.driver_connection
        assert raw is not None
        await raw.execute(PEOPLE, RECIPIENTS)
        await raw.execute(DUTIES, RECIPIENTS)
        await raw.execute("ANALYZE appointment_projections, obligations")  # as autovacuum does in a minute
    path = tmp_path / "provider"
    path.touch()
    workers = Workers(database.urls["notifier"], path)
    try:
        for n, day in enumerate(STEPS.values(), 1):
            await _play(admin, workers, path, day, RECIPIENTS * n)
        await asyncio.sleep(3)  # whatever would be sent twice is sent now
        workers.revive()  # counts who died with the last messages
    finally:
        workers.stop()
    references = path.read_text().split()
    assert len(references) == len(set(references)) == RECIPIENTS * len(STEPS)
    rows = await started.reads.fetch(
        "SELECT state, count(*) AS n, count(DISTINCT (obligation_id, person_id, step, channel)) AS single"
        " FROM notices GROUP BY state"
    )
    assert sum(row["n"] for row in rows) == sum(row["single"] for row in rows) == RECIPIENTS * len(STEPS)
    states = {row["state"]: row["n"] for row in rows}
    assert workers.kills >= len(SKEWS), "the harness killed too little"
    limbo = states.pop("sending", 0) + states.pop("unknown", 0)
    assert limbo <= workers.kills, "only what was being sent when a worker died is not known"
    assert states == {"sent": RECIPIENTS * len(STEPS) - limbo}
    await admin.close()


def taken(path: Path) -> int:
    """How many messages the provider took."""
    return len(path.read_text().split())


async def _play(
    admin: "asyncpg.Connection[asyncpg.Record]", workers: Workers, path: Path, day: str, expected: int
) -> None:
    """The morning of a step, the clock stepping ten minutes back and forth, until the provider has everything."""
    times = cycle(("08:10:00", "08:20:00", "08:00:00"))
    for _ in range(1200):
        await _clock(admin, f"{day}T{next(times)}")
        workers.revive()
        if taken(path) >= expected:
            return
        await asyncio.sleep(0.5)
    pytest.fail(f"{taken(path)} of {expected} messages after ten minutes")


async def _clock(admin: "asyncpg.Connection[asyncpg.Record]", instant: str) -> None:
    at = datetime.fromisoformat(f"{instant}+07:00")
    await admin.execute("UPDATE public.programme_clock SET ahead = $1::timestamptz - now()", at)
