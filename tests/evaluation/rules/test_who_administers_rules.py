"""Who may call each route of rules administration: role by own unit, other unit, absent."""

from typing import Any

import pytest
from tests.evaluation.rounds.conftest import Stage
from tests.evaluation.rules.conftest import SOURCE, charter_of, next_law

from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person

PEOPLE: dict[str, Any] = {
    "nobody": None,
    "national": person(Role.NATIONAL_OFFICER, "VN", Level.CENTRAL),
    "province": person(Role.PROVINCE_SECRETARY, "49"),
    "other province": person(Role.PROVINCE_SECRETARY, "48"),
    "district": person(Role.DISTRICT_SECRETARY, "511", Level.DISTRICT),
    "auditor": person(Role.AUDITOR, "49"),
    "member": person(Role.COUNCIL_MEMBER, "49"),
    "producer": person(Role.PRODUCER, "20662", Level.COMMUNE, producer=new_id()),
    "commune": person(Role.COMMUNE_OFFICER, "20662", Level.COMMUNE),
    "chair of the province": person(Role.PROVINCE_CHAIR, "49"),
}
OUTSIDE = {"member": 403, "producer": 403, "commune": 403, "chair of the province": 403, "nobody": 401}
CHARTER = charter_of("49", "2023-05-01", level="province")
EMPTY = {"national": 422, "province": 403, "district": 403, "auditor": 403}
MATRIX = [
    ("POST", "/rulesets", SOURCE | {"document": {}}, EMPTY),
    ("POST", "/sheets", SOURCE | {"document": {}}, EMPTY),
    (
        "POST",
        "/charters?dry_run=true",
        SOURCE | {"document": CHARTER},
        {"province": 200, "other province": 403, "district": 403, "national": 403, "auditor": 403},
    ),
    ("GET", "/rule-drafts", None, {"national": 200, "province": 200, "district": 200, "auditor": 200}),
    ("GET", "/rule-drafts/{law}", None, {"national": 200, "province": 200, "district": 404, "auditor": 200}),
    (
        "GET",
        "/rule-drafts/{law}/diff?against=qd26-2026",
        None,
        {"national": 200, "province": 200, "district": 404, "auditor": 200},
    ),
    (
        "GET",
        "/rule-drafts/{charter}",
        None,
        {"province": 200, "other province": 404, "district": 404, "auditor": 200, "national": 404},
    ),
    (
        "POST",
        "/rule-drafts/{law}/publication",
        {"effective_from": "2019-01-01"},
        {"national": 409, "province": 403, "district": 404, "auditor": 403},
    ),
    (
        "POST",
        "/rule-drafts/{charter}/publication",
        {"effective_from": "2026-13-01"},
        {"province": 422, "auditor": 403},
    ),
    ("POST", "/rule-drafts/{charter}/publication", {}, {"other province": 404, "district": 404, "national": 404}),
]


@pytest.fixture(scope="module")
async def drafts(shared_world: Any) -> tuple[Stage, dict[str, str]]:
    stage = Stage(shared_world)
    law = await stage.ok("POST", "/rulesets", PEOPLE["national"], SOURCE | {"document": next_law()})
    charter = await stage.ok("POST", "/charters", PEOPLE["province"], SOURCE | {"document": CHARTER})
    return stage, {"law": law["draft_id"], "charter": charter["draft_id"]}


@pytest.mark.parametrize(("method", "path", "body", "expected"), MATRIX, ids=lambda value: str(value)[:60])
async def test_each_office_administers_what_is_its_own(
    drafts: tuple[Stage, dict[str, str]], method: str, path: str, body: Any, expected: dict[str, int]
) -> None:
    stage, ids = drafts
    wanted = expected | OUTSIDE
    found = {who: (await stage.world.call(method, path.format(**ids), PEOPLE[who], body)).status_code for who in wanted}
    assert found == wanted


@pytest.mark.parametrize("path", ["/rulesets/x", "/sheets/x", "/charters/x", "/rulesets/x/diff?against=qd26-2026"])
async def test_a_version_that_is_not_there_is_not_found_by_anybody(drafts: Any, path: str) -> None:
    assert (await drafts[0].world.call("GET", path)).status_code == 404
    assert (await drafts[0].world.call("GET", "/charters")).status_code == 200
