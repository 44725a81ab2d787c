"""A council at work: dossiers that wait for it, its members, sheets with a wished total."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from evaluation.domain.catalogue import shipped_rulesets, shipped_sheets
from evaluation.domain.sheets import Criterion, Sheet
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import headers_for, person

Choices = dict[str, int | str]
SECRETARY = {
    "district": Role.DISTRICT_SECRETARY,
    "province": Role.PROVINCE_SECRETARY,
    "central": Role.NATIONAL_OFFICER,
}


def answers_of(criterion: Criterion) -> dict[int | str, int]:
    """Every choice of a criterion with its points."""
    found: dict[int | str, int] = {option.number: option.points for option in criterion.options}
    for case in criterion.alternatives:
        found |= {f"{case.code}.{option.number}": option.points for option in case.options}
    return found | ({0: 0} if criterion.implicit_zero else {})


@cache
def choices_worth(sheet_code: str, total: int, limited: tuple[tuple[str, int], ...]) -> Choices:
    """Choices that add up to exactly `total`, with at most so many points for some criteria."""
    sheet = next(sheet for sheet in shipped_sheets() if sheet.code == sheet_code)
    limits = dict(limited)
    bases = {criterion.requires_positive for criterion in sheet.criteria}
    reached: dict[int, Choices] = {0: {}}
    for criterion in sheet.criteria:
        further: dict[int, Choices] = {}
        for choice, points in answers_of(criterion).items():
            if points > limits.get(criterion.code, points) or (criterion.code in bases and points == 0):
                continue
            for so_far, chosen in reached.items():
                if so_far + points <= total:
                    further.setdefault(so_far + points, {**chosen, criterion.code: choice})
        reached = further
    return reached[total]


@dataclass
class Council:
    """A council that a test set up: its people by seat (the chair first) and its secretary."""

    id: str
    level: str
    unit: str
    members: list[Actor]
    secretary: Actor

    @property
    def chair(self) -> Actor:
        return self.members[0]


@dataclass
class Stage:
    """Everything a test of rounds needs, over the HTTP interface."""

    world: Any
    sheets: dict[UUID, Sheet] = field(default_factory=dict)
    places: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    async def dossier(self, sheet_code: str = "QD148-01", **changes: Any) -> UUID:
        """A dossier that waits at its ruleset's first scoring level, as the commune step leaves it."""
        sheet = next(sheet for sheet in shipped_sheets() if sheet.code == sheet_code)
        ruleset = next(ruleset for ruleset in shipped_rulesets() if sheet_code in ruleset.sheet_codes)
        product = self.world.product(product_name=f"Sản phẩm {new_id().hex[-6:]} (thử)")
        values: dict[str, Any] = {
            "id": new_id(),
            **{
                name: getattr(product, name)
                for name in (
                    "product_id",
                    "producer_id",
                    "product_name",
                    "producer_name",
                    "producer_kind",
                    "group_path",
                    "commune_code",
                    "commune_name",
                    "district_code",
                    "district_name",
                    "province_code",
                    "province_name",
                )
            },
            "set_no": sheet.set_no,
            "kind": "first",
            "state": "reported",
            "ruleset_id": ruleset.id,
            "ruleset_hash": ruleset.content_hash,
            "sheet_id": sheet.code,
            "sheet_hash": sheet.content_hash,
            "level": next(level.code for level in ruleset.levels if level.scores),
            "year": ruleset.effective_from.year,
            "filed_on": ruleset.effective_from,
            "created_by": new_id(),
            "version": 1,
        } | changes
        names = ", ".join(values)
        async with self.world.database.session() as session:
            await session.execute(
                text(f"INSERT INTO dossiers ({names}) VALUES ({', '.join(f':{name}' for name in values)})"), values
            )
        self.sheets[values["id"]] = sheet
        self.places[values["id"]] = values
        return values["id"]  # type: ignore[no-any-return]  # put there above

    def office(self, role: Role, unit: str, level: str) -> Actor:
        """A new person in an office."""
        return person(role, unit, Level(level))

    async def council(
        self, level: str = "district", unit: str = "511", size: int = 3, year: int = 2023, charter: str = "default"
    ) -> Council:
        """A council of `size` members."""
        members = [person(Role.COUNCIL_MEMBER, unit, Level(level)) for _ in range(size)]
        secretary = self.office(SECRETARY[level], unit, level)
        made = await self.ok("POST", "/councils", secretary, self.council_body(level, unit, members, year, charter))
        return Council(made["id"], level, unit, members, secretary)

    def council_body(
        self, level: str, unit: str, members: list[Actor], year: int = 2023, charter: str = "default"
    ) -> dict[str, Any]:
        """What sets up a council with these members, the first in the chair."""
        return {
            "level": level,
            "unit_code": unit,
            "year": year,
            "decision_number": f"{new_id().hex[-8:]}/QĐ-UBND",
            "charter": charter,
            "chair_id": str(members[0].person_id),
            "members": [
                {"person_id": str(member.person_id), "name": f"Thành viên {n} (thử)", "body": "Phòng (thử)"}
                for n, member in enumerate(members, 1)
            ],
        }

    async def ok(self, method: str, path: str, actor: Actor, body: Any = None, **options: Any) -> Any:
        """The JSON of a request that must succeed."""
        answer = await self.world.call(method, path, actor, body, **options)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def refused(self, status: int, method: str, path: str, actor: Actor, body: Any = None, **options: Any) -> Any:
        """The problem of a request that must be refused with this status."""
        answer = await self.world.call(method, path, actor, body, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def round(self, council: Council, *dossiers: UUID, due_on: str = "2030-12-31", opened: bool = True) -> str:
        """A round of these dossiers, opened unless told otherwise."""
        body = {"council_id": council.id, "due_on": due_on, "dossier_ids": [str(dossier) for dossier in dossiers]}
        made = await self.ok("POST", "/rounds", council.secretary, body)
        if opened:
            await self.ok("POST", f"/rounds/{made['id']}/opening", council.secretary)
        return str(made["id"])

    def body(self, round_id: str, dossier: UUID, total: int, **limits: int) -> dict[str, Any]:
        """A whole sheet worth `total`. Limits name criteria with `_` for what is no identifier: c3_5=1."""
        named = {name.removeprefix("c").replace("_", "."): points for name, points in limits.items()}
        choices = choices_worth(self.sheets[dossier].code, total, tuple(named.items()))
        return {"round_id": round_id, "dossier_id": str(dossier), "choices": dict(choices)}

    async def submit(self, member: Actor, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        """POST /score-sheets, with a fresh key unless one is given."""
        headers = {"Idempotency-Key": key} if key else {}
        answer: httpx.Response = await self.world.call("POST", "/score-sheets", member, body, headers=headers)
        return answer

    async def score(self, council: Council, round_id: str, dossier: UUID, *totals: int, **limits: int) -> None:
        """Each member submits a sheet worth his total (the last repeated); the chair notes the agreed options."""
        for number, member in enumerate(council.members):
            total = totals[min(number, len(totals) - 1)]
            answer = await self.submit(member, self.body(round_id, dossier, total, **limits))
            assert answer.status_code == 201, answer.text
        await self.agree(council, round_id, dossier, totals[0], **limits)

    async def agree(self, council: Council, round_id: str, dossier: UUID, total: int, **limits: int) -> None:
        """The chair writes down the options of a sheet worth `total` for each criterion with a floor."""
        choices = self.body(round_id, dossier, total, **limits)["choices"]
        floors = {criterion.code: choices[criterion.code] for criterion in self.sheets[dossier].floor_criteria}
        path = f"/rounds/{round_id}/dossiers/{dossier}/agreed-options"
        await self.ok("PUT", path, council.chair, {"options": floors})

    async def discuss(self, council: Council, round_id: str, dossier: UUID, **changes: Any) -> Any:
        """The chair records a discussion of the dossier in which every member spoke."""
        statements = [{"member_id": str(one.person_id), "said": "Ý kiến của tôi (thử)"} for one in council.members]
        body = {"dossier_id": str(dossier), "statements": statements, "conclusion": "Chấm lại (thử)"} | changes
        return await self.ok("POST", f"/rounds/{round_id}/discussions", council.chair, body)

    async def close(self, council: Council, round_id: str) -> list[dict[str, Any]]:
        """Close the round; its results."""
        await self.ok("POST", f"/rounds/{round_id}/closing", council.chair)
        results = await self.ok("GET", f"/rounds/{round_id}/results", council.chair)
        return results["items"]  # type: ignore[no-any-return]  # JSON

    async def evaluated(self, council: Council, dossier: UUID, total: int, **limits: int) -> dict[str, Any]:
        """One dossier scored and closed in a round of its own; its result."""
        round_id = await self.round(council, dossier)
        await self.score(council, round_id, dossier, total, **limits)
        (result,) = await self.close(council, round_id)
        return result

    async def state(self, dossier: UUID) -> tuple[str, str | None]:
        """(state, level) as stored."""
        row = await self.one("SELECT state, level FROM dossiers WHERE id = :id", id=dossier)
        return row.state, row.level

    async def one(self, sql: str, **values: Any) -> Any:
        """The only row of a query as the service's role."""
        async with self.world.database.session() as session:
            return (await session.execute(text(sql), values)).one()

    def producer(self, dossier: UUID) -> Actor:
        """A person of the dossier's producer."""
        place = self.places[dossier]
        return person(Role.PRODUCER, place["commune_code"], Level.COMMUNE, producer=place["producer_id"])

    def headers(self, actor: Actor) -> dict[str, str]:
        """Headers with a fresh key, for requests that are sent in parallel."""
        return headers_for(actor, key=True)


@pytest.fixture
def stage(world: Any) -> Stage:
    """A stage of its own for one test."""
    return Stage(world)


@pytest.fixture(scope="module")
def shared_stage(shared_world: Any) -> Stage:
    """A stage that the tests of a module share."""
    return Stage(shared_world)
