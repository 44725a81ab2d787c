"""One decision recognises many products, or none of them."""

import asyncio
from typing import Any

from shared.contracts.roles import Role


async def scored(stage: Any, *totals: int) -> list[Any]:
    """Dossiers of one round that the district scored with these points."""
    await stage.world.move_clock("2023-07-20")
    dossiers = [await stage.dossier() for _ in totals]
    council = await stage.council()
    round_id = await stage.round(council, *dossiers)
    for dossier, total in zip(dossiers, totals, strict=True):
        await stage.score(council, round_id, dossier, total)
    await stage.close(council, round_id)
    return dossiers


def signed(*dossiers: Any, number: str = "77/QĐ-UBND") -> dict[str, Any]:
    return {"dossier_ids": [str(one) for one in dossiers], "number": number, "signed_on": "2023-07-20"}


async def test_one_decision_recognises_all_its_products_under_one_number(stage: Any, district_chair: Any) -> None:
    dossiers = await scored(stage, 60, 61, 62)
    made = await stage.ok("POST", "/decisions", district_chair, signed(*dossiers))
    assert [product["star"] for product in made["products"]] == [3, 3, 3]
    assert [await stage.state(one) for one in dossiers] == [("recognised", None)] * 3
    events = await stage.world.events("evaluation.star_decided")
    assert {event["decision_number"] for event in events} == {"77/QĐ-UBND"}
    assert len({event["decision_id"] for event in events}) == 3
    assert len(await stage.world.events("evaluation.round_finished")) == 1
    mine = await stage.ok("GET", f"/decisions/{made['id']}", stage.producer(dossiers[1]))
    assert [product["dossier_id"] for product in mine["products"]] == [str(dossiers[1])]


async def test_a_decision_is_refused_whole_and_names_every_dossier_that_stands_in_the_way(
    stage: Any, district_chair: Any
) -> None:
    good, up, low, foreign = *(await scored(stage, 60, 75, 40)), await stage.dossier(district_code="512")
    problem = await stage.refused(409, "POST", "/decisions", district_chair, signed(good, up, low, foreign))
    assert problem["type"] == "/problems/decision-refused"
    reasons = {one["dossier_id"]: one for one in problem["dossiers"]}
    assert {key: one["type"] for key, one in reasons.items()} == {
        str(up): "result-goes-up",
        str(low): "conflict",
        str(foreign): "not-found",
    }
    assert reasons[str(low)]["state"] == "not_recognised"
    assert all(one["vi"] and one["en"] for one in reasons.values())
    assert await stage.state(good) == ("scored", "district")
    assert await stage.world.events("evaluation.star_decided") == []
    made = await stage.ok("POST", "/decisions", district_chair, signed(good))
    assert made["dossier_id"] == str(good), "the number was not used up by the refusal"


async def test_two_decisions_over_overlapping_dossiers_recognise_each_once(stage: Any, district_chair: Any) -> None:
    dossiers = await scored(stage, 60, 61, 62)
    answers = await asyncio.gather(
        *(
            stage.world.client.post(
                "/api/evaluation/v1/decisions",
                json=signed(*chosen, number=f"{n}/QĐ-UBND"),
                headers=stage.headers(district_chair),
            )
            for n, chosen in enumerate((dossiers[:2], dossiers[:0:-1]))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await stage.world.events("evaluation.star_decided")) == 2


async def test_a_number_is_one_document_whatever_its_kind(stage: Any, district_chair: Any) -> None:
    first, second = await scored(stage, 60, 61)
    await stage.ok("POST", "/decisions", district_chair, signed(first))
    problem = await stage.refused(409, "POST", "/decisions", district_chair, signed(second))
    assert problem["type"] == "/problems/decision-number-taken"
    secretary = stage.office(Role.DISTRICT_SECRETARY, "511", "district")
    await stage.refused(403, "POST", "/decisions", secretary, signed(second, number="78/QĐ-UBND"))
    both = {**signed(second), "dossier_id": str(second)}
    await stage.refused(422, "POST", "/decisions", district_chair, both)
