"""Submitting a score sheet with its outbox row, its idempotency key and the reply kept under it."""

import json
import math
import re
from collections.abc import Iterator
from statistics import median
from typing import Any

import asyncpg

from bench.contest import Side, Unequal, interleave, ratio
from bench.councils import (
    DOSSIER,
    DOSSIERS,
    MEMBERS,
    PERSON,
    REMARKS,
    ROUND,
    SHEETS,
    Councils,
    Ticked,
    clear,
    id_of,
    id_sql,
)
from bench.load import fetch
from bench.options import Options
from bench.pgbench import Limit, literal, run_scripts
from bench.report import Report, Row
from bench.stage import Stage, say
from evaluation.domain.signatures import STATEMENT
from shared.contracts.evaluation import SheetSubmitted

PATH, NAIVE_PATH = "/api/evaluation/v1/score-sheets", "/score-sheets"
LEAST, LEAST_SHARE = 20.0, 0.5
CLIENTS = 8
CHECKED = 20
"""Sheets of each side that are compared before anything is timed."""
RATES = (6000, 1000, 20000)
"""More sheets a second than product, twin and statement can store here: nobody runs out of sheets."""

_STORED = """
SELECT to_jsonb(s) - '{id,round_id,dossier_id,submitted_at,content_hash}'::text[] AS sheet,
    (SELECT jsonb_agg(to_jsonb(c) - 'sheet_id' ORDER BY c.criterion) FROM score_choices c WHERE c.sheet_id = s.id)
        AS choices,
    (SELECT jsonb_agg(to_jsonb(e) - '{id,seq,payload,occurred_at,created_at,traceparent}'::text[]
        || jsonb_build_object('fields', (SELECT array_agg(f ORDER BY f) FROM jsonb_object_keys(e.payload) f),
            'member', e.payload->'member_id', 'traced', e.traceparent ~ '^00-', 'states',
            (SELECT jsonb_agg(to_jsonb(d) - '{event_id,next_send_at}'::text[]) FROM outbox_deliveries d
             WHERE d.event_id = e.id)))
     FROM outbox_events e WHERE e.payload->>'dossier_id' = s.dossier_id::text
        AND e.payload->>'member_id' = s.member_id::text AND e.payload->>'round_id' = s.round_id::text
        AND (e.payload->>'submitted_at')::timestamptz = s.submitted_at) AS events,
    (SELECT jsonb_agg(jsonb_build_object('status', k.status, 'headers', k.headers, 'hashed', length(k.body_hash),
        'replies_with', k.body::jsonb->'id' = to_jsonb(s.id)))
     FROM idempotency_keys k WHERE k.actor = s.member_id::text AND k.key = $2) AS keys
FROM score_sheets s WHERE s.dossier_id = $1 AND s.member_id = $3
"""


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """The product beside its twin and beside its own statement under pgbench, all three in turns."""
    councils = Councils(stage.signatures)
    seconds = options.rounds * options.seconds + 2 * options.warm_up
    sizes = [math.ceil(rate * seconds / SHEETS) * SHEETS for rate in RATES]  # whole rounds: both sides tick alike
    starts = [0, sizes[0], sizes[0] + sizes[1], sum(sizes)]
    connection = await stage.connect(schema="evaluation")
    say(f"score sheets: {sum(sizes):,} are waited for")
    await councils.seed(connection, sum(sizes))
    registry = await stage.serve("registry.main")
    ours = await stage.serve("evaluation.main", {"REGISTRY_URL": f"http://127.0.0.1:{registry.port}"})
    naive = await stage.serve("bench.naive.evaluation")
    sent, theirs = councils.requests(PATH, *starts[0:2]), councils.requests(NAIVE_PATH, *starts[1:3])
    for number in range(CHECKED):
        pair = [(await fetch(server.port, next(all_))) for server, all_ in ((ours, sent), (naive, theirs))]
        _compare("reply", *(_reply(status, body) for status, body in pair))
        _compare("rows", *[await _stored(connection, start + number) for start in starts[:2]])
    say(f"{CHECKED} sheets of both sides are stored alike")
    sides = (Side("product", ours, lambda: sent), Side("naive", naive, lambda: theirs))
    limits: list[Limit] = []
    first = starts[2]
    for number in range(options.rounds):
        warm_up = 0.0 if number else options.warm_up
        await interleave(sides, stage.postgres_pid, rounds=1, seconds=options.seconds, warm_up=warm_up)
        limit = await _statement(stage, councils, first, options.seconds)
        limits.append(limit)
        first += (limit.done // CLIENTS + 1) * CLIENTS * 3
        say(f"the statement under pgbench: {limit.rate:,.0f}/s")
    await _all_stored(connection, starts[2], sum(limit.done for limit in limits))
    await clear(connection)
    await connection.close()
    stage.end(registry, ours, naive)
    _tell(report, sides, limits)


def _tell(report: Report, sides: tuple[Side, Side], limits: list[Limit]) -> None:
    times = ratio(*sides)
    share = median(mine / limit.rate for mine, limit in zip(sides[0].total.rates, limits, strict=True))
    report.add_sides("score sheet", sides, times)
    middle = sorted(limits, key=lambda limit: limit.rate)[len(limits) // 2]
    report.rows.append(Row("", "statement under pgbench", middle.rate, middle.mean, database=middle.database))
    report.want_ratio("score sheet", times, LEAST)
    report.want_least("score sheet, share of pgbench", share * 100, LEAST_SHARE * 100, "%", 0)


def _compare(what: str, mine: Any, theirs: Any) -> None:
    if mine != theirs:
        raise Unequal(f"{what}:\n  product {mine}\n  twin    {theirs}")


def _reply(status: int, body: bytes) -> tuple[int, dict[str, Any]]:
    told = json.loads(body)
    return status, {
        name: re.sub(r"[0-9a-f]", "0", value) if name == "id" else value
        for name, value in told.items()
        if name not in {"dossier_id", "round_id", "member_id", "submitted_at", "content_hash"}
    }


async def _stored(connection: "asyncpg.Connection[asyncpg.Record]", sheet: int) -> list[Any]:
    """What the database holds of one submission; nothing in it may be missing."""
    dossier = sheet // MEMBERS
    member = dossier // DOSSIERS * MEMBERS + sheet % MEMBERS
    row = await connection.fetchrow(_STORED, id_of(DOSSIER, dossier), f"sheet-{sheet}", id_of(PERSON, member))
    if row is None or None in tuple(row):
        raise Unequal(f"sheet {sheet} is not stored whole: {row}")
    told: list[Any] = json.loads(f"[{', '.join(row)}]")
    told[0]["member_id"] = told[2][0]["member"] = "the member"
    return told


async def _all_stored(connection: "asyncpg.Connection[asyncpg.Record]", first: int, done: int) -> None:
    """Every transaction of pgbench must have stored a sheet: a refusal would be quicker."""
    stored = await connection.fetchval(
        "SELECT count(*) FROM score_sheets WHERE dossier_id >= $1", id_of(DOSSIER, first // MEMBERS)
    )
    if stored != done:
        raise Unequal(f"pgbench reports {done} sheets, {stored} are stored")


async def _statement(stage: Stage, councils: Councils, first: int, seconds: float) -> Limit:
    """The statement that the product sends, for sheets from `first` on, each client with its own."""
    scripts = [_script(one, councils.sheet.content_hash) for one in councils.ticked]
    return await run_scripts(
        stage, "evaluation", scripts, seconds=seconds, clients=CLIENTS, variables={"turn": -1, "first": first}
    )


def _script(ticked: Ticked, sheet_hash: str) -> str:
    codes = list(ticked.points)
    answer = {
        "state": "submitted",
        "choices": ticked.choices,
        "part_totals": {},
        "notes": ticked.notes,
        "remarks": REMARKS,
        "parts": ticked.parts,
        "total": ticked.total,
        "version": 1,
        **{name: str(id_of(0, 0)) for name in ("id", "round_id", "dossier_id", "member_id")},
    }
    arguments = [
        id_sql(PERSON, ":person"),
        "'sheet-' || CAST(:sheet AS text)",
        literal(f"POST {PATH}"),
        "sha256('body')",
        "uuidv7()",
        id_sql(ROUND, ":round"),
        id_sql(DOSSIER, ":dossier"),
        literal(sheet_hash),
        "false",
        literal(ticked.total),
        "NULL",
        literal(REMARKS),
        literal(codes),
        literal([str(ticked.choices[code]) for code in codes]),
        literal([ticked.points[code] for code in codes]),
        literal([ticked.notes.get(code) for code in codes]),
        literal(json.dumps(answer, ensure_ascii=False)),
        "uuidv7()",
        literal(SheetSubmitted.type),
        literal(SheetSubmitted.subscribers),
        literal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        "encode(sha256('content'), 'hex')",
        literal(STATEMENT),
    ]
    return "\n".join(_numbering()) + (
        "\nSELECT outcome, told_status, told_headers, told_body FROM submit_score_sheet("
        + ", ".join(arguments)
        + ");\n"
    )


def _numbering() -> Iterator[str]:
    yield r"\set turn :turn + 1"
    yield rf"\set sheet :first + :turn * {CLIENTS} + :client_id"
    yield rf"\set dossier :sheet / {MEMBERS}"
    yield rf"\set round :dossier / {DOSSIERS}"
    yield rf"\set person :round * {MEMBERS} + :sheet % {MEMBERS}"
