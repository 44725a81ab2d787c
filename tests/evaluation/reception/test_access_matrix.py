"""Who may call each route of reception, councils, schedules and advice: role by own unit, other unit, absent."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.evaluation.reception.conftest import waiting
from tests.evaluation.rounds.conftest import Stage

from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person


@dataclass
class Scene:
    """One dossier of each kind, a council with its round, and every sort of person."""

    stage: Any
    ids: dict[str, str]
    people: dict[str, Any]

    async def answer(self, who: str, method: str, path: str, body: Any) -> Any:
        filled = path.format(**self.ids)
        return await self.stage.world.call(method, filled, self.people[who], body)


@pytest.fixture(scope="module")
async def scene(shared_world: Any) -> Scene:
    await shared_world.move_clock("2026-06-08")
    stage = Stage(shared_world)
    council = await stage.council("province", "49", year=2026)
    at_commune = await waiting(stage)
    in_round = await waiting(stage, level="province", state="reported")
    round_id = await stage.round(council, in_round, due_on="2026-06-28")
    people = {
        "nobody": None,
        "producer": stage.producer(at_commune),
        "other producer": person(Role.PRODUCER, "20662", Level.COMMUNE, producer=new_id()),
        "commune": person(Role.COMMUNE_OFFICER, "20662", Level.COMMUNE),
        "other commune": person(Role.COMMUNE_OFFICER, "20663", Level.COMMUNE),
        "province": council.secretary,
        "other province": person(Role.PROVINCE_SECRETARY, "48"),
        "chair of the province": person(Role.PROVINCE_CHAIR, "49"),
        "member": council.members[1],
        "other member": person(Role.COUNCIL_MEMBER, "49"),
        "adviser": person(Role.ADVISORY_MEMBER, "49"),
        "other adviser": person(Role.ADVISORY_MEMBER, "48"),
        "trade officer": person(Role.TRADE_OFFICER, "49"),
    }
    ids = {"commune": str(at_commune), "dossier": str(in_round), "round": round_id, "council": council.id}
    return Scene(stage, ids | {"absent": str(new_id())}, people)


FORM = {"items": [{"kind": "field", "ref": "registration_form.phone", "ok": True}]}
REPORT = {"kind": "report", "on_day": "2026-06-08", "findings": [{"part": "A", "finding": "x"}], "proposal": "x"}
REPLACEMENT = {
    "leaves": str(new_id()),
    "joins": {"person_id": str(new_id()), "name": "x", "body": "x"},
    "decision_number": "1",
    "decided_on": "2026-06-08",
}

MATRIX = [
    (
        "POST",
        "/dossiers/{commune}/receipts",
        {"level": "commune", "received_on": "2020-01-01"},
        {"commune": 422, "other commune": 404, "province": 403, "other province": 404, "producer": 403, "member": 403},
    ),
    (
        "GET",
        "/receipts?level=commune&unit_code=20662&year=2026",
        None,
        {"commune": 200, "other commune": 403, "province": 403, "producer": 403, "member": 403, "adviser": 403},
    ),
    (
        "POST",
        "/receipts/{absent}/voiding",
        {"reason": "Ghi nhầm"},
        {"commune": 404, "province": 404, "producer": 403, "member": 403, "trade officer": 403},
    ),
    (
        "POST",
        "/dossiers/{commune}/form-checks",
        FORM,
        {"commune": 201, "other commune": 404, "province": 403, "producer": 403, "adviser": 403, "member": 403},
    ),
    (
        "GET",
        "/dossiers/{commune}/reception",
        None,
        {
            "commune": 200,
            "producer": 200,
            "other producer": 404,
            "other commune": 404,
            "province": 403,
            "other province": 404,
            "member": 404,
            "adviser": 404,
            "trade officer": 404,
        },
    ),
    (
        "GET",
        "/dossiers/{commune}/messages",
        None,
        {"commune": 200, "producer": 200, "other producer": 404, "other commune": 404, "province": 403, "member": 404},
    ),
    (
        "POST",
        "/dossiers/{commune}/messages",
        {"message": "x"},
        {"commune": 201, "producer": 201, "other producer": 404, "other commune": 404, "province": 403, "member": 404},
    ),
    (
        "POST",
        "/dossiers/{commune}/message-readings",
        {"message_id": str(new_id())},
        {"commune": 404, "producer": 404, "other producer": 404, "province": 403, "member": 404},
    ),
    (
        "POST",
        "/dossier-takeovers",
        {"product_id": str(new_id())},
        {"province": 404, "commune": 403, "producer": 403, "member": 403, "adviser": 403},
    ),
    (
        "POST",
        "/councils/{council}/replacements",
        REPLACEMENT,
        {"province": 409, "other province": 404, "member": 403, "commune": 403, "producer": 403},
    ),
    (
        "GET",
        "/councils/{council}/replacements",
        None,
        {"province": 200, "member": 200, "other member": 404, "other province": 404, "producer": 404},
    ),
    (
        "GET",
        "/councils/{council}/routing",
        None,
        {"province": 200, "member": 200, "other member": 404, "other province": 404, "commune": 404, "producer": 404},
    ),
    (
        "POST",
        "/routings",
        {"unit_code": "49", "document": {}},
        {"province": 422, "other province": 403, "member": 403, "producer": 403, "commune": 403},
    ),
    (
        "GET",
        "/rounds/{round}/schedule",
        None,
        {"province": 200, "member": 200, "chair of the province": 200, "other member": 404, "other province": 404},
    ),
    (
        "PUT",
        "/rounds/{round}/schedule",
        {"meetings": [{"on": "2027-01-01", "place": "x"}]},
        {"province": 422, "other province": 404, "member": 403, "producer": 403, "commune": 403},
    ),
    (
        "POST",
        "/rounds/{round}/dossiers",
        {"dossier_ids": [str(new_id())]},
        {"province": 409, "other province": 404, "member": 403, "producer": 403},
    ),
    (
        "POST",
        "/rounds/{round}/removals",
        {"dossier_ids": [str(new_id())]},
        {"province": 409, "other province": 404, "member": 403, "producer": 403},
    ),
    (
        "GET",
        "/rounds/{round}/dossiers/{dossier}/file",
        None,
        {
            "member": 200,
            "province": 200,
            "other member": 404,
            "other province": 404,
            "adviser": 404,
            "producer": 404,
            "commune": 404,
        },
    ),
    (
        "POST",
        "/dossiers/{dossier}/advice",
        REPORT,
        {"adviser": 403, "other adviser": 404, "member": 403, "province": 403, "producer": 403},
    ),
    (
        "GET",
        "/dossiers/{dossier}/advice",
        None,
        {"adviser": 200, "other adviser": 404, "member": 200, "province": 200, "producer": 404, "other member": 404},
    ),
    (
        "GET",
        f"/advisory-files/{'0' * 64}",
        None,
        {"adviser": 404, "member": 404, "producer": 404},
    ),
]


NAMING = [entry for entry in MATRIX if "{" in entry[1]]
"""The routes whose path names a thing."""


def _names(entries: list[Any]) -> list[str]:
    """A name for each entry that is the same in every process."""
    return [f"{number} {entry[0]} {entry[1]}" for number, entry in enumerate(entries)]


@pytest.mark.parametrize(("method", "path", "body", "expected"), MATRIX, ids=_names(MATRIX))
async def test_each_role_gets_what_its_office_gives_it(
    scene: Scene, method: str, path: str, body: Any, expected: dict[str, int]
) -> None:
    found = {who: (await scene.answer(who, method, path, body)).status_code for who in (*expected, "nobody")}
    assert found == expected | {"nobody": 401}


@pytest.mark.parametrize(("method", "path", "body", "expected"), NAMING, ids=_names(NAMING))
async def test_what_is_absent_is_not_found_for_the_office_that_may_see_it(
    scene: Scene, method: str, path: str, body: Any, expected: dict[str, int]
) -> None:
    named = scene.ids | dict.fromkeys(scene.ids, scene.ids["absent"])
    who = next(who for who, status in sorted(expected.items()) if status not in (401, 403))
    answer = await scene.stage.world.call(method, path.format(**named), scene.people[who], body)
    assert answer.status_code == 404
    english = await scene.stage.world.call(
        method, path.format(**named), scene.people[who], body, headers={"Accept-Language": "en"}
    )
    assert english.json()["title"] != answer.json()["title"]
