"""Councils at work: open rounds of many dossiers, each under a real sheet of Decision 148, and sheets to submit.

Every id follows from a number, so that pgbench can name the same things as HTTP clients do. Sheet number `n` is that of
member `n % MEMBERS` on dossier `n // MEMBERS`.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from bench.load import post
from bench.people import Signatures
from evaluation.domain.catalogue import shipped_charters, shipped_rulesets, shipped_sheets
from evaluation.domain.choices import Choice, ScoreSheet, read_score_sheets
from evaluation.domain.documents import Faults
from evaluation.domain.sheets import Criterion, Sheet
from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Level, Role

MEMBERS = 9
"""Of one council: a chair and eight, as a district has."""
DOSSIERS = 100
"""In one round."""
SHEETS = MEMBERS * DOSSIERS
"""That one round waits for; a whole multiple of VARIANTS."""
SHEET, RULESET, UNIT, YEAR = "QD148-09", "qd148-2023", "511", 2023
VARIANTS = 50
"""Different ways in which a sheet is ticked."""
COUNCIL, ROUND, DOSSIER, PERSON, PRODUCT = range(1, 6)


def id_of(kind: int, number: int) -> UUID:
    """The id of the council, round, dossier, person or product of this number."""
    return UUID(f"01890000-0000-7000-8{kind:03x}-{number:012x}")


def id_sql(kind: int, number: str) -> str:
    """The same in SQL, `number` being an expression of type integer."""
    return f"CAST('01890000-0000-7000-8{kind:03x}-' || lpad(to_hex(CAST({number} AS integer)), 12, '0') AS uuid)"


_CLEAR = "TRUNCATE dossiers, councils, outbox_events, idempotency_keys, inbox CASCADE"
_COUNCILS = f"""
INSERT INTO councils (id, level, unit_code, year, decision_number, charter_id, charter_hash, chair_id, created_by)
SELECT {id_sql(COUNCIL, "n")}, 'district', $2, $3, n || '/QĐ-UBND', $4, $5, {id_sql(PERSON, f"n * {MEMBERS}")},
    {id_sql(PERSON, "0")}
FROM generate_series(0, $1::int - 1) AS n
"""
_MEMBERS = f"""
INSERT INTO council_members (council_id, person_id, seat, name, body)
SELECT {id_sql(COUNCIL, "n")}, {id_sql(PERSON, f"n * {MEMBERS} + seat - 1")}, seat, 'Thành viên ' || seat, 'Phòng'
FROM generate_series(0, $1::int - 1) AS n CROSS JOIN generate_series(1, {MEMBERS}) AS seat
"""
_ROUNDS = f"""
INSERT INTO rounds (id, council_id, level, unit_code, unit_name, province_code, year, due_on, state, opened_at,
    created_by, version)
SELECT {id_sql(ROUND, "n")}, {id_sql(COUNCIL, "n")}, 'district', $2, 'Huyện của phép đo', '49', $3,
    current_date + 60, 'open', now(), {id_sql(PERSON, "0")}, 1
FROM generate_series(0, $1::int - 1) AS n
"""
_DOSSIERS = f"""
INSERT INTO dossiers (id, product_id, producer_id, product_name, producer_name, producer_kind, group_path, set_no, kind,
    state, ruleset_id, ruleset_hash, sheet_id, sheet_hash, level, commune_code, commune_name, district_code,
    district_name, province_code, province_name, year, filed_on, created_by, version)
SELECT {id_sql(DOSSIER, "n")}, {id_sql(PRODUCT, "n")}, {id_sql(PERSON, "0")}, 'Sản phẩm ' || n, 'Hợp tác xã',
    'cooperative', 'I.3.a', 9, 'first', 'in_round', $2, $3, $4, $5, 'district', '20791', 'Xã của phép đo', $6,
    'Huyện của phép đo', '49', 'Tỉnh Quảng Nam', $7, make_date($7, 6, 1), {id_sql(PERSON, "0")}, 1
FROM generate_series(0, $1::int - 1) AS n
"""
_ROUND_DOSSIERS = f"""
INSERT INTO round_dossiers (round_id, dossier_id, live, attempt, ruleset_id, ruleset_hash, sheet_id, sheet_hash,
    agreed_version)
SELECT {id_sql(ROUND, f"n / {DOSSIERS}")}, {id_sql(DOSSIER, "n")}, true, 1, $2, $3, $4, $5, 0
FROM generate_series(0, $1::int - 1) AS n
"""


@dataclass(frozen=True)
class Ticked:
    """One way of ticking the sheet: what the member sends, and what it counts."""

    choices: dict[str, Choice]
    notes: dict[str, str]
    points: dict[str, int]
    parts: dict[str, int]
    total: int


REMARKS = "Sản phẩm có bản sắc địa phương."


class Councils:
    """The seeded rounds, and the sheets their members submit."""

    def __init__(self, signatures: Signatures) -> None:
        self.sheet: Sheet = next(sheet for sheet in shipped_sheets() if sheet.code == SHEET)
        self._signatures = signatures
        self._tokens: dict[int, str] = {}
        chance = random.Random(20231130)
        self.ticked = [_tick(self.sheet, chance) for _ in range(VARIANTS)]
        self._bodies = [
            json.dumps({"choices": one.choices, "notes": one.notes, "remarks": REMARKS}, ensure_ascii=False)[1:]
            for one in self.ticked
        ]

    async def seed(self, connection: "asyncpg.Connection[asyncpg.Record]", sheets: int) -> None:
        """Empty the tables of evaluation that are written to, and open rounds for so many sheets."""
        charter = next(charter for charter in shipped_charters() if charter.id == "default")
        ruleset = next(ruleset for ruleset in shipped_rulesets() if ruleset.id == RULESET)
        rounds = -(-sheets // (MEMBERS * DOSSIERS))
        law = (ruleset.id, ruleset.content_hash, self.sheet.code, self.sheet.content_hash)
        await clear(connection)
        async with connection.transaction():
            await connection.execute(_COUNCILS, rounds, UNIT, YEAR, charter.id, charter.content_hash)
            await connection.execute(_MEMBERS, rounds)
            await connection.execute(_ROUNDS, rounds, UNIT, YEAR)
            await connection.execute(_DOSSIERS, rounds * DOSSIERS, *law, UNIT, YEAR)
            await connection.execute(_ROUND_DOSSIERS, rounds * DOSSIERS, *law)
        await connection.execute("ANALYZE councils, council_members, rounds, dossiers, round_dossiers")

    def requests(self, path: str, first: int, end: int) -> Iterator[bytes]:
        """Submissions of the sheets from `first` up to `end`, each once."""
        for number in range(first, end):
            dossier = number // MEMBERS
            ids = f'{{"round_id": "{id_of(ROUND, dossier // DOSSIERS)}", "dossier_id": "{id_of(DOSSIER, dossier)}", '
            body = (ids + self._bodies[number % VARIANTS]).encode()
            signed = ("Authorization", f"Bearer {self._token(person_number(number))}")
            yield post(path, body, [signed, ("Idempotency-Key", f"sheet-{number}")])

    def _token(self, number: int) -> str:
        if number not in self._tokens:
            member = Appointment(Role.COUNCIL_MEMBER, Level.DISTRICT, UNIT)
            self._tokens[number] = self._signatures.token(Actor(id_of(PERSON, number), "Người đo", (member,)))
        return self._tokens[number]


async def clear(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Leave no dossier, council, event or key behind."""
    await connection.execute(_CLEAR)


def person_number(sheet: int) -> int:
    """The number of the person whose sheet it is."""
    return sheet // MEMBERS // DOSSIERS * MEMBERS + sheet % MEMBERS


def _tick(sheet: Sheet, chance: random.Random) -> Ticked:
    choices = {criterion.code: chance.choice(_answers(criterion)) for criterion in sheet.criteria}
    faults = Faults()
    (read,) = read_score_sheets(sheet, [ScoreSheet("member", choices, {})], faults)
    if list(faults):
        raise ValueError(f"the ticks are not valid: {list(faults)}")
    notes = {sheet.criteria[0].code: "Có hợp đồng kèm theo"}
    return Ticked(choices, notes, dict(read.criteria), dict(read.parts), read.total)


def _answers(criterion: Criterion) -> list[Any]:
    found: list[Any] = [option.number for option in criterion.options]
    found += [f"{case.code}.{option.number}" for case in criterion.alternatives for option in case.options]
    return [*found, 0] if criterion.implicit_zero else found
