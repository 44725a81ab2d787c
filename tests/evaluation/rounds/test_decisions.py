"""Decisions and forwarding: by whom, on which day, under which number, and only once."""

import asyncio
from typing import Any

import pytest

from shared.contracts.roles import Role


@pytest.fixture
async def scored(stage: Any) -> tuple[Any, Any]:
    """A stage on 22 July 2023 and a dossier that its district scored with 60 points on 20 July."""
    await stage.world.move_clock("2023-07-20")
    dossier = await stage.dossier()
    await stage.evaluated(await stage.council(), dossier, 60)
    await stage.world.move_clock("2023-07-22")
    return stage, dossier


def signed(dossier: Any, number: str = "77/QĐ-UBND", signed_on: str = "2023-07-21") -> dict[str, str]:
    return {"dossier_id": str(dossier), "number": number, "signed_on": signed_on}


async def test_a_decision_is_signed_between_the_closing_and_today(scored: tuple[Any, Any]) -> None:
    stage, dossier = scored
    chair = stage.office(Role.DISTRICT_CHAIR, "511", "district")
    for day, code in (("2023-07-19", "before_closing"), ("2023-07-23", "in_the_future")):
        problem = await stage.refused(422, "POST", "/decisions", chair, signed(dossier, signed_on=day))
        assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == ("signed_on", code)
    await stage.ok("POST", "/decisions", chair, signed(dossier))


async def test_only_the_body_of_the_dossiers_own_unit_decides(scored: tuple[Any, Any]) -> None:
    stage, dossier = scored
    refusals = [
        (Role.DISTRICT_CHAIR, "512", "district", 404),
        (Role.PROVINCE_CHAIR, "49", "province", 404),
        (Role.NATIONAL_OFFICER, "VN", "central", 404),
        (Role.DISTRICT_SECRETARY, "511", "district", 403),
        (Role.PRODUCER, "20662", "commune", 403),
    ]
    for role, unit, level, status in refusals:
        actor = stage.office(role, unit, level)
        await stage.refused(status, "POST", "/decisions", actor, signed(dossier))
    assert await stage.state(dossier) == ("scored", "district")


async def test_a_number_is_used_once_by_a_unit(scored: tuple[Any, Any]) -> None:
    stage, dossier = scored
    chair = stage.office(Role.DISTRICT_CHAIR, "511", "district")
    await stage.ok("POST", "/decisions", chair, signed(dossier))
    second, foreign = await stage.dossier(), await stage.dossier(district_code="512")
    await stage.evaluated(await stage.council(), second, 60)
    await stage.evaluated(await stage.council("district", "512"), foreign, 60)
    problem = await stage.refused(409, "POST", "/decisions", chair, signed(second, signed_on="2023-07-22"))
    assert problem["number"] == "77/QĐ-UBND"
    other = stage.office(Role.DISTRICT_CHAIR, "512", "district")
    await stage.ok("POST", "/decisions", other, signed(foreign, signed_on="2023-07-22"))


async def test_ten_decisions_at_once_recognise_a_product_once(scored: tuple[Any, Any]) -> None:
    stage, dossier = scored
    chair = stage.office(Role.DISTRICT_CHAIR, "511", "district")
    answers = await asyncio.gather(
        *(
            stage.world.client.post(
                "/api/evaluation/v1/decisions", json=signed(dossier, f"{n}/QĐ-UBND"), headers=stage.headers(chair)
            )
            for n in range(10)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert len(await stage.world.events("evaluation.star_decided")) == 1
    assert len(await stage.world.events("evaluation.round_finished")) == 1
    problem = await stage.refused(409, "POST", "/decisions", chair, signed(dossier, "99/QĐ-UBND"))
    assert problem["state"] == "recognised"


async def test_the_round_is_finished_once_though_its_last_results_are_settled_at_the_same_time(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    dossiers = [await stage.dossier() for _ in range(4)]
    council = await stage.council()
    round_id = await stage.round(council, *dossiers)
    for dossier, total in zip(dossiers, (60, 61, 75, 76), strict=True):
        await stage.score(council, round_id, dossier, total)
    await stage.close(council, round_id)
    chair = stage.office(Role.DISTRICT_CHAIR, "511", "district")
    base = "/api/evaluation/v1"
    answers = await asyncio.gather(
        *(
            stage.world.client.post(
                f"{base}/decisions", json=signed(d, f"{n}/QĐ-UBND", "2023-07-20"), headers=stage.headers(chair)
            )
            for n, d in enumerate(dossiers[:2])
        ),
        *(
            stage.world.client.post(
                f"{base}/dossiers/{d}/forwarding", json={}, headers=stage.headers(council.secretary)
            )
            for d in dossiers[2:]
        ),
    )
    assert [answer.status_code for answer in answers] == [201, 201, 200, 200]
    (event,) = await stage.world.events("evaluation.round_finished")
    assert event["round_id"] == round_id


async def test_only_the_secretary_of_the_level_forwards_and_only_what_was_scored(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    dossier = await stage.dossier()
    council = await stage.council()
    path = f"/dossiers/{dossier}/forwarding"
    problem = await stage.refused(409, "POST", path, council.secretary)
    assert problem["state"] == "reported"
    await stage.evaluated(council, dossier, 75)
    province = stage.office(Role.PROVINCE_SECRETARY, "49", "province")
    await stage.refused(403, "POST", path, province)
    await stage.refused(404, "POST", path, stage.office(Role.DISTRICT_SECRETARY, "512", "district"))
    await stage.refused(403, "POST", path, council.chair)
    sent = await stage.ok("POST", path, council.secretary)
    assert (sent["state"], sent["level"]) == ("forwarded", "province")
    await stage.refused(409, "POST", path, council.secretary)
