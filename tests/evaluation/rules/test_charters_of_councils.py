"""Charters by body and time: a council takes its own unit's in force, never another's."""

from typing import Any

import pytest
from tests.evaluation.rules.conftest import SOURCE, charter_of

from shared.contracts.roles import Level, Role
from shared.testing.people import person


def body_of(stage: Any, unit: str = "511", **more: Any) -> tuple[Any, dict[str, Any]]:
    members = [person(Role.COUNCIL_MEMBER, unit, Level.DISTRICT) for _ in range(3)]
    body = stage.council_body("district", unit, members)
    del body["charter"]
    return person(Role.DISTRICT_SECRETARY, unit, Level.DISTRICT), body | more


async def test_a_council_takes_its_units_charter_in_force_else_the_default(district: Any, stage: Any) -> None:
    secretary, body = body_of(stage)
    assert (await stage.ok("POST", "/councils", secretary, body))["charter"] == "default"
    published = await district.published("/charters", charter_of("511", "2023-05-01"))
    assert published["supersedes"] is None
    for day, charter in (("2023-04-30", "default"), ("2023-05-01", "quy-che-thu-511")):
        await stage.world.move_clock(day)
        secretary, body = body_of(stage)
        assert (await stage.ok("POST", "/councils", secretary, body))["charter"] == charter
    other, body = body_of(stage, "512")
    assert (await stage.ok("POST", "/councils", other, body))["charter"] == "default"


async def test_a_later_charter_ends_the_earlier_and_councils_keep_theirs(district: Any, stage: Any) -> None:
    await district.published("/charters", charter_of("511", "2023-04-20"))
    secretary, body = body_of(stage)
    council = await stage.ok("POST", "/councils", secretary, body)
    document = charter_of("511", "2024-01-01", "quy-che-2024")
    published = await district.published("/charters", document)
    assert published["supersedes"] == "quy-che-thu-511"
    before = await stage.ok("GET", "/charters/quy-che-thu-511", None)
    assert (before["effective_to"], before["superseded_by"], before["in_use"]) == (
        "2023-12-31",
        "quy-che-2024-511",
        True,
    )
    read = await stage.ok("GET", f"/councils/{council['id']}", secretary)
    assert (read["charter"], read["charter_hash"]) == ("quy-che-thu-511", before["hash"])
    diff = await stage.ok("GET", "/charters/quy-che-2024-511/diff?against=quy-che-thu-511", None)
    assert {d["path"] for d in diff["differences"]} == {"id", "effective_from"}
    await stage.world.move_clock("2024-02-01")
    secretary, body = body_of(stage, charter="quy-che-thu-511", year=2024)
    problem = await stage.refused(422, "POST", "/councils", secretary, body)
    assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == ("charter", "not_in_force")


async def test_another_units_charter_is_refused(district: Any, stage: Any) -> None:
    await district.published("/charters", charter_of("511", "2023-04-20"))
    secretary, body = body_of(stage, "512", charter="quy-che-thu-511")
    problem = await stage.refused(422, "POST", "/councils", secretary, body)
    assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == ("charter", "of_another_unit")


async def test_a_charter_does_not_begin_before_a_council_that_works_by_the_one_before(
    district: Any, stage: Any
) -> None:
    secretary, body = body_of(stage, decided_on="2023-04-18")
    await stage.ok("POST", "/councils", secretary, body)
    draft = await district.imported("/charters", charter_of("511", "2023-04-01"))
    path = f"/rule-drafts/{draft['draft_id']}/publication"
    problem = await stage.refused(409, "POST", path, secretary, {})
    assert problem["earliest"] == "2023-04-19"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"council_of": {"level": "district", "unit_code": "512"}}, 403, None),
        ({"council_of": {"level": "province", "unit_code": "511"}}, 403, None),
        ({"council_of": None}, 422, "council_of"),
        ({"council_of": {"level": "village", "unit_code": "511"}}, 422, "council_of.level"),
        ({"id": "default"}, 422, "id"),
        ({"effective_to": "2020-01-01"}, 422, "effective_to"),
        ({"quorum": {"numerator": 3, "denominator": 2, "chair_required": True}}, 422, "quorum.numerator"),
    ],
)
async def test_a_charter_of_others_or_with_faults_is_refused(
    district: Any, change: dict[str, Any], status: int, field: str | None
) -> None:
    problem = await district.refused(status, "/charters", charter_of("511", "2023-05-01") | change)
    if field is not None:
        assert field in [error["field"] for error in problem["errors"]]


async def test_a_draft_charter_is_seen_by_its_unit_alone(district: Any, stage: Any, national: Any) -> None:
    draft = await district.imported("/charters", charter_of("511", "2023-05-01"))
    path = f"/rule-drafts/{draft['draft_id']}"
    neighbour = person(Role.DISTRICT_SECRETARY, "512", Level.DISTRICT)
    for actor in (neighbour, national):
        await stage.refused(404, "GET", path, actor)
        await stage.refused(404, "POST", f"{path}/publication", actor, {})
    await stage.ok("GET", path, district.actor)
    await stage.refused(403, "POST", "/charters", person(Role.AUDITOR, "49"), SOURCE | {"document": {}})
