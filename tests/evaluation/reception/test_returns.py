"""A dossier is returned at the level where it waits, leaves its round, and comes back to that level."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from tests.evaluation.reception.conftest import waiting
from tests.evaluation.worlds import World, officer_of, producer_of

from shared.contracts.roles import Level, Role
from shared.testing.people import person

RETURN = {"reasons": "Thiếu giấy chứng nhận an toàn thực phẩm"}


async def report(world: World, product: Any, dossier_id: str) -> Any:
    document = (await world.call("GET", "/rulesets/qd26-2026")).json()["document"]
    items = [{"item": item, "claim": "Có", "observed": "Đúng"} for item in document["commune_report_items"]]
    body = {"items": items, "conclusion": "Đề nghị"}
    answer = await world.call("POST", f"/dossiers/{dossier_id}/commune-report", officer_of(product), body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_what_the_province_returns_comes_back_to_the_province_with_the_communes_report(
    shared_world: World, province: Any
) -> None:
    product = shared_world.product(set_no=1)
    filed = await shared_world.filed(product)
    path = f"/dossiers/{filed['id']}"
    reported = await report(shared_world, product, filed["id"])
    body = RETURN | {
        "items": [{"kind": "paper", "ref": filed["evidence"][0]["id"], "reason": "Hết hạn"}],
        "due_on": "2026-06-20",
    }
    returned = await shared_world.call("POST", f"{path}/returns", province, body)
    assert returned.status_code == 201, returned.text
    assert (returned.json()["state"], returned.json()["level"]) == ("returned", None)
    (entry,) = returned.json()["returns"]
    assert (entry["level"], entry["due_on"], entry["repaired_on"]) == ("province", "2026-06-20", None)
    assert entry["items"][0]["reason"] == "Hết hạn"
    (told,) = await shared_world.events("evaluation.dossier_returned", filed["id"])
    assert (told["level"], told["due_on"]) == ("province", "2026-06-20")
    await shared_world.move_clock("2026-06-10")
    again = await shared_world.call("POST", f"{path}/filing", producer_of(product))
    assert again.status_code == 201, again.text
    assert (again.json()["state"], again.json()["level"]) == ("filed", "province")
    assert again.json()["commune_report"] == reported["commune_report"]
    assert again.json()["returns"][0]["repaired_on"] == "2026-06-10"
    assert len(await shared_world.events("evaluation.report_due", filed["id"])) == 1
    twice = await shared_world.call("POST", f"{path}/commune-report", officer_of(product), {"items": [], "x": 1})
    assert twice.status_code == 422


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        (person(Role.PROVINCE_SECRETARY, "48"), 404),
        (person(Role.DISTRICT_SECRETARY, "511", Level.DISTRICT), 403),
        (person(Role.COMMUNE_OFFICER, "20662", Level.COMMUNE), 409),
        (person(Role.PROVINCE_CHAIR, "49"), 403),
        (person(Role.PRODUCER, "20662", Level.COMMUNE), 403),
        (None, 401),
    ],
)
async def test_only_the_secretary_of_the_level_returns(stage: Any, actor: Any, status: int) -> None:
    dossier = await waiting(stage, level="province", state="reported")
    answer = await stage.world.call("POST", f"/dossiers/{dossier}/returns", actor, RETURN)
    assert answer.status_code == status, answer.text


async def test_a_deadline_in_the_past_and_unknown_items_are_refused(stage: Any, province: Any) -> None:
    dossier = await waiting(stage, level="province", state="reported")
    past = await stage.refused(422, "POST", f"/dossiers/{dossier}/returns", province, RETURN | {"due_on": "2026-06-07"})
    assert past["errors"][0]["field"] == "due_on"
    body = RETURN | {"items": [{"kind": "criterion", "ref": "99.z", "reason": "?"}]}
    unknown = await stage.refused(422, "POST", f"/dossiers/{dossier}/returns", province, body)
    assert unknown["errors"][0]["field"] == "items[0].ref"


async def scored_round(stage: Any) -> tuple[Any, str, Any, Any]:
    council = await stage.council("province", "49", year=2026)
    leaves, stays = [await waiting(stage, level="province", state="reported") for _ in range(2)]
    round_id = await stage.round(council, leaves, stays, due_on="2026-06-28")
    await stage.score(council, round_id, stays, 60)
    return council, round_id, leaves, stays


async def test_a_returned_dossier_leaves_its_open_round_with_its_sheets_kept_and_not_counted(stage: Any) -> None:
    council, round_id, leaves, stays = await scored_round(stage)
    member = council.members[1]
    assert (await stage.submit(member, stage.body(round_id, leaves, 60))).status_code == 201
    await stage.ok("POST", f"/dossiers/{leaves}/returns", council.secretary, RETURN)
    (told,) = await stage.world.events("evaluation.dossier_left_round", str(leaves))
    assert (told["because"], len(told["member_ids"])) == ("returned", 3)
    progress = await stage.ok("GET", f"/rounds/{round_id}", council.chair)
    assert [dossier["dossier_id"] for dossier in progress["dossiers"]] == [str(stays)]
    late = await stage.submit(council.members[2], stage.body(round_id, leaves, 60))
    assert (late.status_code, late.json()["type"]) == (409, "/problems/dossier-left-round")
    path = f"/rounds/{round_id}/dossiers/{leaves}/score-sheet"
    await stage.refused(409, "PUT", path, council.members[2], {"choices": {}})
    await stage.refused(404, "GET", f"/dossiers/{leaves}", member)
    results = await stage.close(council, round_id)
    assert [result["dossier_id"] for result in results] == [str(stays)]
    kept = await stage.one("SELECT count(*) AS n FROM score_sheets WHERE dossier_id = :id", id=leaves)
    assert kept.n == 1
    closed = await stage.refused(409, "POST", f"/dossiers/{stays}/returns", council.secretary, RETURN)
    assert closed["state"] == "not_recognised"


@pytest.mark.parametrize("attempt", range(6))
async def test_return_submissions_and_closing_at_once_leave_one_winner(stage: Any, attempt: int) -> None:
    council = await stage.council("province", "49", year=2026)
    dossier, other = [await waiting(stage, level="province", state="reported") for _ in range(2)]
    round_id = await stage.round(council, dossier, other, due_on="2026-06-28")
    await stage.score(council, round_id, other, 60)
    for member in council.members[:2]:
        assert (await stage.submit(member, stage.body(round_id, dossier, 60))).status_code == 201
    await stage.agree(council, round_id, dossier, 60)
    calls = [
        stage.world.call("POST", f"/dossiers/{dossier}/returns", council.secretary, RETURN),
        stage.submit(council.members[2], stage.body(round_id, dossier, 60)),
        stage.world.call("POST", f"/rounds/{round_id}/closing", council.chair),
    ]
    order = [calls[(attempt + n) % 3] for n in range(3)]
    answers = await asyncio.gather(*order)
    back, sheet, closing = (answers[(n - attempt) % 3] for n in range(3))
    assert closing.status_code == 200, closing.text
    assert {back.status_code, sheet.status_code} <= {201, 409}
    state, _ = await stage.state(dossier)
    async with stage.world.database.session() as session:
        found = await session.execute(
            text("SELECT count(*) FROM results WHERE dossier_id = :id AND round_id = :round"),
            {"id": dossier, "round": round_id},
        )
        results = found.scalar_one()
    if back.status_code == 201:
        assert (state, results) == ("returned", 0)
    else:
        assert (state, results) == ("not_recognised", 1), "60 points without the floors: the round decided it"
        assert (back.status_code, back.json()["state"]) == (409, "not_recognised")
    stored = await stage.one(
        "SELECT count(*) AS n FROM score_sheets WHERE dossier_id = :id AND member_id = :member",
        id=dossier,
        member=council.members[2].person_id,
    )
    assert stored.n == (1 if sheet.status_code == 201 else 0)
    assert (await stage.state(other))[0] == "not_recognised"


async def test_a_district_dossier_that_outlived_its_district_is_taken_over_by_the_province_of_today(
    shared_world: World,
) -> None:
    await shared_world.move_clock("2025-06-20")
    product = shared_world.product(set_no=1)
    filed = await shared_world.filed(product)
    assert filed["ruleset"] == "qd148-2023"
    secretary = person(Role.PROVINCE_SECRETARY, "48")
    merged = product.model_copy(
        update={"district_code": None, "district_name": None, "province_code": "48", "province_name": "Đà Nẵng"}
    )
    async with shared_world.database.session() as session:
        await session.execute(
            text("UPDATE dossiers SET state = 'reported', level = 'district' WHERE id = :id"), {"id": filed["id"]}
        )
    shared_world.registry.products[product.product_id] = merged
    body = {"product_id": str(product.product_id)}
    stands = await shared_world.call("POST", "/dossier-takeovers", secretary, body)
    assert stands.status_code == 403
    await shared_world.move_clock("2025-07-02")
    foreign = await shared_world.call("POST", "/dossier-takeovers", person(Role.PROVINCE_SECRETARY, "01"), body)
    assert foreign.status_code == 403
    taken = await shared_world.call("POST", "/dossier-takeovers", secretary, body)
    assert taken.status_code == 201, taken.text
    read = taken.json()
    assert (read["level"], read["state"], read["province_code"]) == ("province", "reported", "48")
    assert (read["ruleset"], read["filed_on"]) == ("qd148-2023", "2025-06-20")
    again = await shared_world.call("POST", "/dossier-takeovers", secretary, body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/level-stands")


def test_three_stars_are_decided_by_the_province_once_the_district_is_gone() -> None:
    from evaluation.domain.catalogue import shipped_rulesets

    ruleset = next(ruleset for ruleset in shipped_rulesets() if ruleset.id == "qd148-2023")
    assert ruleset.standing_body("district_chair", date(2025, 6, 30)) == "district_chair"
    assert ruleset.standing_body("district_chair", date(2025, 7, 1)) == "province_chair"
    assert ruleset.standing_level("district", date(2025, 7, 1)) == "province"
