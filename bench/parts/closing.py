"""Closing one large round: 1,000 dossiers, 9 members, every criterion of a real sheet."""

import asyncio
import json
import random
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from bench.contest import Unequal
from bench.cpu import cpu_seconds, tree_seconds
from bench.load import fetch, get, post
from bench.options import Options
from bench.report import Report, Row
from bench.stage import Server, Stage, say
from evaluation.domain.catalogue import shipped_charters, shipped_rulesets, shipped_sheets
from evaluation.domain.choices import ScoreSheet, read_score_sheets
from evaluation.domain.documents import Faults
from evaluation.domain.sheets import Criterion, Sheet
from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Level, Role

DOSSIERS, MEMBERS = 1000, 9
MOST_SECONDS, MOST_MEMORY, MOST_PAUSE = 10.0, 300.0, 1.0
SHEET, RULESET, UNIT, YEAR = "QD148-09", "qd148-2023", "511", 2023
TARGETS = (40, 60, 80)
"""Totals about which the members score: dossiers that end, that are recognised, that go up."""
VARIANTS = 12
"""Ways of ticking the sheet for each target, at most 8 points apart."""
ROUND, COUNCIL = UUID("01890000-0000-7000-8000-00000000c001"), UUID("01890000-0000-7000-8000-00000000c002")
_ID = "CAST('01890000-0000-7000-9{kind}-' || lpad(to_hex({n}), 12, '0') AS uuid)"
_PERSON, _DOSSIER = _ID.format(kind="001", n="{n}"), _ID.format(kind="002", n="{n}")
CHAIR = UUID("01890000-0000-7000-9001-000000000001")

_SEED = (
    "TRUNCATE dossiers, councils, outbox_events, idempotency_keys, inbox CASCADE",
    f"""
    INSERT INTO councils (id, level, unit_code, year, decision_number, charter_id, charter_hash, chair_id, created_by)
    VALUES ('{COUNCIL}', 'district', '{UNIT}', {YEAR}, '1/QĐ-UBND', $1::jsonb->>'charter', $1::jsonb->>'charter_hash',
        '{CHAIR}', '{CHAIR}')
    """,
    f"""
    INSERT INTO council_members (council_id, person_id, seat, name, body)
    SELECT '{COUNCIL}', {_PERSON.format(n="n")}, n, 'Thành viên ' || n, 'Phòng' FROM generate_series(1, {MEMBERS}) AS n
    WHERE $1::jsonb IS NOT NULL
    """,
    f"""
    INSERT INTO rounds (id, council_id, level, unit_code, unit_name, province_code, year, due_on, state, opened_at,
        created_by, version)
    SELECT '{ROUND}', '{COUNCIL}', 'district', '{UNIT}', 'Huyện của phép đo', '49', {YEAR}, current_date + 60, 'open',
        now(), '{CHAIR}', 1 WHERE $1::jsonb IS NOT NULL
    """,
    f"""
    INSERT INTO dossiers (id, product_id, producer_id, product_name, producer_name, producer_kind, group_path, set_no,
        kind, state, ruleset_id, ruleset_hash, sheet_id, sheet_hash, level, commune_code, commune_name, district_code,
        district_name, province_code, province_name, year, filed_on, created_by, version)
    SELECT {_DOSSIER.format(n="n")}, uuidv7(), uuidv7(), 'Sản phẩm ' || n, 'Hợp tác xã ' || n, 'cooperative',
        'I.3.a', 9, 'first', 'in_round', '{RULESET}', $1::jsonb->>'ruleset_hash', '{SHEET}', $1::jsonb->>'sheet_hash',
        'district', '20791', 'Xã của phép đo', '{UNIT}', 'Huyện của phép đo', '49', 'Tỉnh Quảng Nam', {YEAR},
        make_date({YEAR}, 6, 1), '{CHAIR}', 1
    FROM generate_series(0, ($1::jsonb->>'dossiers')::integer - 1) AS n
    """,
    f"""
    INSERT INTO round_dossiers (round_id, dossier_id, live, attempt, ruleset_id, ruleset_hash, sheet_id, sheet_hash,
        agreed, agreed_version)
    SELECT '{ROUND}', {_DOSSIER.format(n="n")}, true, 1, '{RULESET}', $1::jsonb->>'ruleset_hash', '{SHEET}',
        $1::jsonb->>'sheet_hash', $1::jsonb->'agreed'->(n % {len(TARGETS)}), 1
    FROM generate_series(0, ($1::jsonb->>'dossiers')::integer - 1) AS n
    """,
    f"""
    INSERT INTO score_sheets (id, round_id, dossier_id, member_id, attempt, total, sheet_hash, submitted_at)
    SELECT {_ID.format(kind="003", n=f"n * {MEMBERS} + seat")}, '{ROUND}', {_DOSSIER.format(n="n")},
        {_PERSON.format(n="seat")}, 1,
        (($1::jsonb->'ticked'->(n % {len(TARGETS)})->((n * 5 + seat) % {VARIANTS}))->>'total')::integer,
        $1::jsonb->>'sheet_hash', now()
    FROM generate_series(0, ($1::jsonb->>'dossiers')::integer - 1) AS n CROSS JOIN generate_series(1, {MEMBERS}) AS seat
    """,
    f"""
    WITH variants AS MATERIALIZED (
        SELECT t.ordinality - 1 AS target, v.ordinality - 1 AS variant, a.criterion, a.choice, a.points
        FROM jsonb_array_elements($1::jsonb->'ticked') WITH ORDINALITY AS t
        CROSS JOIN jsonb_array_elements(t.value) WITH ORDINALITY AS v
        CROSS JOIN jsonb_to_recordset(v.value->'answers') AS a(criterion text, choice text, points integer)
    )
    INSERT INTO score_choices (sheet_id, criterion, choice, points)
    SELECT {_ID.format(kind="003", n=f"n * {MEMBERS} + seat")}, v.criterion, v.choice, v.points
    FROM generate_series(0, ($1::jsonb->>'dossiers')::integer - 1) AS n CROSS JOIN generate_series(1, {MEMBERS}) AS seat
    JOIN variants v ON v.target = n % {len(TARGETS)} AND v.variant = (n * 5 + seat) % {VARIANTS}
    """,
)
_CHECK = """
SELECT count(*) AS results, count(*) FILTER (WHERE (
        SELECT sum(s.total) * x.mean_denominator = count(*) * x.mean_numerator AND count(*) = $1
        FROM score_sheets s WHERE s.dossier_id = x.dossier_id)) AS right,
    count(*) FILTER (WHERE d.state = 'not_recognised') AS ended, count(DISTINCT x.star) AS stars,
    (SELECT count(*) FROM outbox_events e WHERE e.type = 'evaluation.result_released') AS told
FROM results x JOIN dossiers d ON d.id = x.dossier_id
"""


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """Close the round over HTTP; how long it takes, how much the process grows, how long others wait meanwhile."""
    dossiers = options.some(DOSSIERS)
    given = _given(next(sheet for sheet in shipped_sheets() if sheet.code == SHEET)) | {"dossiers": dossiers}
    connection = await stage.connect(schema="evaluation")
    registry = await stage.serve("registry.main")
    ours = await stage.serve("evaluation.main", {"REGISTRY_URL": f"http://127.0.0.1:{registry.port}"})
    chair = stage.signatures.token(Actor(CHAIR, "Người đo", (Appointment(Role.COUNCIL_MEMBER, Level.DISTRICT, UNIT),)))
    seconds, growth, pauses = [], [], []
    server, database = [], []
    for turn in range(options.rounds):
        await _seed(connection, given)
        before = _memory(ours)
        watch = asyncio.create_task(_longest_wait(ours.port))
        used = cpu_seconds(ours.pid), tree_seconds(stage.postgres_pid)
        began = time.perf_counter()
        status, body = await fetch(ours.port, _closing(chair, turn))
        seconds.append(time.perf_counter() - began)
        server.append(cpu_seconds(ours.pid) - used[0])
        database.append(tree_seconds(stage.postgres_pid) - used[1])
        watch.cancel()
        growth.append(_memory(ours)[1] - before[0])
        pauses.append(max((await asyncio.gather(watch, return_exceptions=True))[0] or [0.0]))
        if status != 200:
            raise Unequal(f"closing answered {status}: {body[:500]!r}")
        await _require_right(connection, dossiers)
        say(
            f"closed {dossiers:,} dossiers in {seconds[-1]:.2f} s (CPU {server[-1]:.2f} + {database[-1]:.2f} s),"
            f" {growth[-1]:.0f} MiB more, others waited"
            f" {pauses[-1] * 1000:.0f} ms at most"
        )
    await connection.execute(_SEED[0])
    await connection.close()
    stage.end(registry, ours)
    report.rows.append(
        Row(
            "closing a round",
            "product",
            p50=sorted(seconds)[len(seconds) // 2],
            p99=max(seconds),
            cpu=max(server),
            database=max(database),
            memory=max(growth),
        )
    )
    report.want_most(f"closing {dossiers:,} dossiers x {MEMBERS} members", max(seconds), MOST_SECONDS, "s", 2)
    report.want_most("closing, growth of the process", max(growth), MOST_MEMORY, "MiB", 0)
    report.want_most("closing, longest wait of others", max(pauses), MOST_PAUSE, "s", 2)


def _closing(token: str, turn: int) -> bytes:
    headers = [("Authorization", f"Bearer {token}"), ("Idempotency-Key", f"closing-{turn}")]
    return post(f"/api/evaluation/v1/rounds/{ROUND}/closing", b"{}", headers)


async def _longest_wait(port: int) -> list[float]:
    """Latencies of somebody who asks for something quick all the while."""
    waits: list[float] = []
    request = get("/livez")
    try:
        while True:
            began = time.perf_counter()
            await fetch(port, request)
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        return waits


def _memory(server: Server) -> tuple[float, float]:
    """(now, peak) of the resident set in MiB."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{server.pid}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) / 1024, int(fields["VmHWM"].split()[0]) / 1024


async def _seed(connection: "asyncpg.Connection[asyncpg.Record]", given: dict[str, Any]) -> None:
    async with connection.transaction():
        await connection.execute(_SEED[0])
        for statement in _SEED[1:]:
            await connection.execute(statement, json.dumps(given))
    await connection.execute("ANALYZE dossiers, round_dossiers, score_sheets, score_choices")


async def _require_right(connection: "asyncpg.Connection[asyncpg.Record]", dossiers: int) -> None:
    row = await connection.fetchrow(_CHECK, MEMBERS)
    assert row is not None
    ends = -(-dossiers // len(TARGETS))
    if tuple(row) != (dossiers, dossiers, ends, len(TARGETS), ends):
        raise Unequal(f"the results are not whole: {dict(row)}")


def _given(sheet: Sheet) -> dict[str, Any]:
    """What the seed needs to know: hashes, and for each target the ways the sheet is ticked."""
    charter = next(one for one in shipped_charters() if one.id == "default")
    ruleset = next(one for one in shipped_rulesets() if one.id == RULESET)
    chance = random.Random(9)
    ticked, agreed = [], []
    for target in TARGETS:
        found = [_tick(sheet, target, chance) for _ in range(VARIANTS)]
        ticked.append([{"total": one["total"], "answers": one["answers"]} for one in found])
        floors = {criterion.code for criterion in sheet.floor_criteria}
        agreed.append({code: choice for code, choice in found[0]["choices"].items() if code in floors})
    return {
        "charter": charter.id,
        "charter_hash": charter.content_hash,
        "ruleset_hash": ruleset.content_hash,
        "sheet_hash": sheet.content_hash,
        "ticked": ticked,
        "agreed": agreed,
    }


def _tick(sheet: Sheet, target: int, chance: random.Random) -> dict[str, Any]:
    """A sheet ticked at random whose total is `target` to `target + 8`: one criterion after the other is changed."""
    choices: dict[str, Any] = {criterion.code: chance.choice(_options(criterion)) for criterion in sheet.criteria}
    while True:
        faults = Faults()
        (read,) = read_score_sheets(sheet, [ScoreSheet("member", choices, {})], faults)
        if target <= read.total <= target + 8:
            answers = [
                {"criterion": code, "choice": str(choices[code]), "points": points}
                for code, points in read.criteria.items()
            ]
            return {"total": read.total, "answers": answers, "choices": choices}
        criterion = chance.choice(sheet.criteria)
        tried = choices | {criterion.code: chance.choice(_options(criterion))}
        (other,) = read_score_sheets(sheet, [ScoreSheet("member", tried, {})], faults)
        if abs(other.total - target - 4) <= abs(read.total - target - 4):
            choices = tried


def _options(criterion: Criterion) -> list[Any]:
    found: list[Any] = [option.number for option in criterion.options]
    found += [f"{case.code}.{option.number}" for case in criterion.alternatives for option in case.options]
    return [*found, 0] if criterion.implicit_zero else found
