"""The commune reports on four items without points, or returns the dossier; nobody else does."""

from typing import Any

import pytest
from tests.evaluation.worlds import World, officer_of, producer_of

from shared.contracts.roles import Level, Role
from shared.testing.people import person


async def items_of(world: World, ruleset: str) -> list[dict[str, str]]:
    document = (await world.call("GET", f"/rulesets/{ruleset}")).json()["document"]
    return [{"item": item, "claim": "Theo hồ sơ", "observed": "Đúng"} for item in document["commune_report_items"]]


async def report(
    world: World, product: Any, filed: dict[str, Any], items: list[dict[str, str]], who: Any = None
) -> Any:
    body = {"items": items, "conclusion": "Đề nghị cấp trên đánh giá"}
    return await world.call("POST", f"/dossiers/{filed['id']}/commune-report", officer_of(product), body)


async def test_every_item_of_the_ruleset_is_reported_on_exactly_once(world: World) -> None:
    product = world.product()
    filed = await world.filled(product)
    items = await items_of(world, "qd148-2023")
    assert len(items) == 4
    filed = (await world.call("POST", f"/dossiers/{filed['id']}/filing", producer_of(product))).json()
    twice = await report(world, product, filed, [*items[:2], items[0], {**items[3], "item": "số sao"}])
    assert twice.status_code == 422
    faults = [(fault["field"], fault["code"]) for fault in twice.json()["errors"]]
    assert faults == [
        ("items[2].item", "not_unique"),
        ("items[3].item", "unknown_item"),
        ("items", "missing_item"),
        ("items", "missing_item"),
    ]
    scored = await report(world, product, filed, [{**items[0], "points": "3"}, *items[1:]])
    assert scored.status_code == 422
    done = await report(world, product, filed, items)
    assert done.status_code == 201, done.text
    assert done.json()["commune_report"]["items"] == items
    (told,) = await world.events("evaluation.commune_report_sent", filed["id"])
    assert told == {"dossier_id": filed["id"], "commune_code": "20662", "year": 2023}
    actions = [action for _, action in await world.audited(filed["id"])]
    assert actions == ["dossier_filed", "dossier_reported"]


async def test_a_second_report_and_a_late_return_are_refused(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    items = await items_of(world, "qd148-2023")
    assert (await report(world, product, filed, items)).status_code == 201
    again = await report(world, product, filed, items)
    assert (again.status_code, again.json()["state"]) == (409, "reported")
    late = await world.call("POST", f"/dossiers/{filed['id']}/returns", officer_of(product), {"reasons": "Thiếu giấy"})
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        (person(Role.COMMUNE_OFFICER, "20663", Level.COMMUNE), 404),
        (person(Role.DISTRICT_SECRETARY, "511", Level.DISTRICT), 403),
        (person(Role.PROVINCE_SECRETARY, "49"), 403),
        (person(Role.PRODUCER, "20662", Level.COMMUNE), 403),
        (None, 401),
    ],
)
async def test_only_the_officer_of_the_commune_reports_or_returns(world: World, actor: Any, status: int) -> None:
    product = world.product()
    filed = await world.filed(product)
    body = {"items": await items_of(world, "qd148-2023"), "conclusion": "x"}
    path = f"/dossiers/{filed['id']}"
    assert (await world.call("POST", f"{path}/commune-report", actor, body)).status_code == status
    assert (await world.call("POST", f"{path}/returns", actor, {"reasons": "x"})).status_code == status


async def test_an_officer_elsewhere_who_sees_the_dossier_by_another_office_still_may_not(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    here = person(Role.DISTRICT_SECRETARY, "511", Level.DISTRICT)
    elsewhere = person(Role.COMMUNE_OFFICER, "20663", Level.COMMUNE)
    both = type(here)(here.person_id, here.name, here.appointments + elsewhere.appointments)
    answer = await world.call("POST", f"/dossiers/{filed['id']}/returns", both, {"reasons": "x"})
    assert answer.status_code == 403


async def test_a_draft_cannot_be_reported_on(world: World) -> None:
    product = world.product()
    draft = await world.drafted(product)
    answer = await report(world, product, draft, await items_of(world, "qd148-2023"))
    assert answer.status_code == 404


async def test_under_rules_without_a_commune_step_a_filed_dossier_waits_at_the_district(world: World) -> None:
    await world.move_clock("2022-06-01")
    product = world.product(set_no=2)
    filed = await world.filed(product)
    assert (filed["ruleset"], filed["state"], filed["level"]) == ("qd1048-2019", "filed", "district")
    assert await world.events("evaluation.report_due", filed["id"]) == []
    answer = await world.call(
        "POST", f"/dossiers/{filed['id']}/returns", officer_of(product), {"reasons": "Thiếu giấy"}
    )
    assert (answer.status_code, answer.json()["level"]) == (409, "district")


async def test_a_reason_is_needed_to_return_a_dossier(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    answer = await world.call("POST", f"/dossiers/{filed['id']}/returns", officer_of(product), {"reasons": "  "})
    assert answer.status_code == 422
