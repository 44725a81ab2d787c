"""A producer objects; the level that scored takes it in, examines, answers; a new round or a correction follows."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from tests.evaluation.rules.test_recomputations import AUDITOR, worked

from shared.contracts.roles import Role

GROUNDS = {"grounds": "Tiêu chí 3.5 chưa tính nhãn hiệu đã được cấp", "criteria": []}


@pytest.fixture
async def decided(stage: Any, district_chair: Any) -> tuple[Any, Any, Any, Any]:
    """(stage, dossier of 60 points recognised with 3 stars on 20 July 2023, its council, the district's chair)."""
    await stage.world.move_clock("2023-07-20")
    dossier, council = await stage.dossier(), await stage.council()
    await stage.evaluated(council, dossier, 60)
    signed = {"dossier_id": str(dossier), "number": "77/QĐ-UBND", "signed_on": "2023-07-20"}
    await stage.ok("POST", "/decisions", district_chair, signed)
    return stage, dossier, council, district_chair


async def objected(stage: Any, dossier: Any, council: Any) -> str:
    """The path of an objection that was examined."""
    made = await stage.ok("POST", f"/dossiers/{dossier}/objections", stage.producer(dossier), GROUNDS)
    path = f"/objections/{made['id']}"
    await stage.ok("POST", f"{path}/receipt", council.secretary)
    await stage.ok("POST", f"{path}/examination", council.secretary, {"findings": "Nhãn hiệu cấp trước ngày nộp"})
    return path


async def test_an_objection_runs_its_steps_in_order_and_by_its_people(decided: Any) -> None:
    stage, dossier, council, chair = decided
    producer = stage.producer(dossier)
    outcome = await stage.ok("GET", f"/dossiers/{dossier}/outcome", producer)
    assert outcome["objection"]["possible"]
    assert outcome["objection"]["until"] == "2023-10-18", "90 days from the release"
    wrong = {**GROUNDS, "criteria": ["99.9"]}
    problem = await stage.refused(422, "POST", f"/dossiers/{dossier}/objections", producer, wrong)
    assert problem["errors"][0]["field"] == "criteria[0]"
    made = await stage.ok("POST", f"/dossiers/{dossier}/objections", producer, GROUNDS)
    assert (made["state"], made["next"]) == ("filed", ["received"])
    path = f"/objections/{made['id']}"
    await stage.refused(409, "POST", f"/dossiers/{dossier}/objections", producer, GROUNDS)
    early = await stage.refused(409, "POST", f"{path}/examination", council.secretary, {"findings": "Xem"})
    assert (early["state"], early["allowed"]) == ("filed", ["received"])
    await stage.refused(403, "POST", f"{path}/receipt", producer)
    await stage.refused(404, "POST", f"{path}/receipt", stage.office(Role.DISTRICT_SECRETARY, "512", "district"))
    received = await stage.ok("POST", f"{path}/receipt", council.secretary)
    assert received["answer_due_on"] == "2023-08-19"
    (event,) = await stage.world.events("evaluation.objection_received")
    assert (event["due_on"], event["unit_code"]) == ("2023-08-19", "511")
    await stage.ok("POST", f"{path}/examination", council.secretary, {"findings": "Đúng như phiếu chấm"})
    await stage.refused(403, "POST", f"{path}/answer", council.secretary, {"answer": "refused", "reasons": "Không"})
    unfit = {"answer": "refused", "reasons": "Không", "remedy": "reopening"}
    assert (await stage.refused(422, "POST", f"{path}/answer", chair, unfit))["errors"][0]["field"] == "remedy"
    done = await stage.ok("POST", f"{path}/answer", chair, {"answer": "refused", "reasons": "Nhãn hiệu chưa cấp"})
    assert [step["step"] for step in done["steps"]] == ["received", "examined", "refused"]
    again = {"answer": "upheld", "reasons": "Có", "remedy": "correction"}
    assert (await stage.refused(409, "POST", f"{path}/answer", chair, again))["state"] == "refused"


async def test_after_the_window_no_objection_is_taken(decided: Any) -> None:
    stage, dossier, _, _ = decided
    path, producer = f"/dossiers/{dossier}/objections", stage.producer(dossier)
    await stage.world.move_clock("2023-10-19")
    problem = await stage.refused(409, "POST", path, producer, GROUNDS)
    assert (problem["type"], problem["window_until"]) == ("/problems/objection-closed", "2023-10-18")
    assert "18/10/2023" in problem["detail"]
    await stage.world.move_clock("2023-10-18")
    await stage.ok("POST", path, producer, GROUNDS)


async def test_an_upheld_objection_reopens_the_dossier_for_a_new_round_and_a_new_decision(decided: Any) -> None:
    stage, dossier, council, chair = decided
    path = await objected(stage, dossier, council)
    upheld = {"answer": "upheld", "reasons": "Nhãn hiệu có hiệu lực", "remedy": "reopening"}
    await stage.ok("POST", f"{path}/answer", chair, upheld)
    assert await stage.state(dossier) == ("reported", "district")
    result = await stage.evaluated(council, dossier, 65)
    assert result["mean"] == "65"
    signed = {"dossier_id": str(dossier), "number": "90/QĐ-UBND", "signed_on": "2023-07-20"}
    await stage.ok("POST", "/decisions", chair, signed)
    outcome = await stage.ok("GET", f"/dossiers/{dossier}/outcome", stage.producer(dossier))
    assert [one["number"] for one in outcome["decisions"]] == ["77/QĐ-UBND", "90/QĐ-UBND"]
    assert [one["mean"] for one in outcome["results"]] == ["60", "65"]
    assert outcome["reopenings"][0]["cause"] == "objection"
    assert outcome["objection"]["possible"], "the new result can be objected to anew"


async def test_two_answers_at_once_leave_one(decided: Any) -> None:
    stage, dossier, council, chair = decided
    path = await objected(stage, dossier, council)
    bodies = [
        {"answer": "refused", "reasons": "Không"},
        {"answer": "upheld", "reasons": "Có", "remedy": "reopening"},
    ]
    answers = await asyncio.gather(
        *(
            stage.world.client.post(f"/api/evaluation/v1{path}/answer", json=body, headers=stage.headers(chair))
            for body in bodies
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await stage.world.events("evaluation.objection_answered")) == 1


def correction(**changes: Any) -> dict[str, Any]:
    return {
        "number": "99/QĐ-UBND",
        "signed_on": "2023-07-21",
        "basis": "transcription",
        "reasons": "Chép sai hạng sao",
        "public_words": "Đính chính hạng sao",
        "star": None,
    } | changes


async def product_known(stage: Any, dossier: Any) -> None:
    place = stage.places[dossier]
    product = stage.world.product(product_id=place["product_id"], producer_id=place["producer_id"])
    assert product.product_id == place["product_id"]


async def test_a_correction_takes_the_place_of_a_decision_and_both_stay_readable(decided: Any) -> None:
    stage, dossier, council, chair = decided
    await product_known(stage, dossier)
    await stage.world.move_clock("2023-07-22")
    path = f"/dossiers/{dossier}/corrections"
    await stage.refused(403, "POST", path, council.secretary, correction())
    other_body = await stage.refused(422, "POST", path, chair, correction(star=4))
    assert other_body["errors"][0]["code"] == "other_body"
    unfounded = await stage.refused(422, "POST", path, chair, correction(basis="objection"))
    assert unfounded["errors"][0]["code"] == "no_objection"
    unchanged = await stage.refused(422, "POST", path, chair, correction(star=3))
    assert unchanged["errors"][0]["code"] == "unchanged"
    points = await stage.ok("POST", path, chair, correction(star=3, mean_decimal="61"))
    (event,) = await stage.world.events("evaluation.decision_corrected")
    assert (event["star"], event["new_decision_id"]) == (3, points["new_decision_id"])
    taken = correction(number="100/QĐ-UBND", basis="inspection", reasons="Sau kiểm tra", signed_on="2023-07-22")
    await stage.ok("POST", path, chair, taken)
    assert await stage.state(dossier) == ("not_recognised", None)
    outcome = await stage.ok("GET", f"/dossiers/{dossier}/outcome", stage.producer(dossier))
    assert outcome["star"] is None
    assert [one["number"] for one in outcome["corrections"]] == ["99/QĐ-UBND", "100/QĐ-UBND"]
    (first,) = (await stage.ok("GET", f"/decisions/{points['decision_id']}", stage.producer(dossier)))["products"]
    assert (first["star"], first["corrected_star"], first["correction_reasons"]) == (3, 3, "Chép sai hạng sao")
    await stage.refused(409, "POST", path, chair, correction(number="101/QĐ-UBND"))


async def test_a_recomputation_names_what_was_corrected_beside_what_the_council_found(decided: Any) -> None:
    stage, dossier, council, chair = decided
    await product_known(stage, dossier)
    other = await stage.dossier()
    result = await stage.evaluated(council, other, 60)
    await stage.world.move_clock("2023-07-22")
    path = f"/dossiers/{dossier}/corrections"
    first = await stage.ok("POST", path, chair, correction(star=3, mean_decimal="61"))
    second = await stage.ok("POST", path, chair, correction(number="100/QĐ-UBND", basis="inspection"))
    begun = await stage.ok("POST", "/recomputations", AUDITOR, {"province_code": "49"})
    done = await worked(stage, begun["id"])
    assert (done["state"], done["checked"], done["differing"]) == ("finished", 2, 0), "the record itself stays"
    (finding,) = (await stage.ok("GET", f"/recomputations/{begun['id']}/findings", AUDITOR))["items"]
    assert (finding["kind"], finding["dossier_id"]) == ("corrected", str(dossier))
    assert finding["result_id"] != result["id"]
    assert finding["details"] == {
        "star": 3,
        "mean_decimal": result["mean_decimal"],
        "corrections": [
            {"correction_id": first["id"], "basis": "transcription", "star": 3, "mean_decimal": "61"},
            {"correction_id": second["id"], "basis": "inspection", "star": None, "mean_decimal": None},
        ],
    }


async def test_two_corrections_at_once_leave_one(decided: Any) -> None:
    stage, dossier, _, chair = decided
    await product_known(stage, dossier)
    await stage.world.move_clock("2023-07-22")
    answers = await asyncio.gather(
        *(
            stage.world.client.post(
                f"/api/evaluation/v1/dossiers/{dossier}/corrections",
                json=correction(number=f"{n}/QĐ-UBND"),
                headers=stage.headers(chair),
            )
            for n in range(3)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_an_abolished_districts_decision_is_corrected_by_its_successor(decided: Any) -> None:
    stage, dossier, _, chair = decided
    place = stage.places[dossier]
    stage.world.product(
        product_id=place["product_id"],
        producer_id=place["producer_id"],
        district_code=None,
        district_name=None,
        province_code="48",
        province_name="Thành phố Đà Nẵng",
    )
    await stage.world.move_clock("2026-06-01")
    path = f"/dossiers/{dossier}/corrections"
    body = correction(signed_on="2026-06-01")
    await stage.refused(403, "POST", path, chair, body)
    danang = stage.office(Role.PROVINCE_CHAIR, "48", "province")
    reaching = type(danang)(
        danang.person_id,
        danang.name,
        (*danang.appointments, *stage.office(Role.PROVINCE_CHAIR, "49", "province").appointments),
    )
    await stage.one("UPDATE dossiers SET level = 'province' WHERE id = :id RETURNING id", id=dossier)
    await stage.one("UPDATE dossiers SET level = NULL WHERE id = :id RETURNING id", id=dossier)
    await stage.ok("POST", path, reaching, body)
    (event,) = await stage.world.events("evaluation.decision_corrected")
    assert event["decided_by"] == "Chủ tịch Ủy ban nhân dân thành phố Đà Nẵng"


@pytest.mark.parametrize("table", ["decision_documents", "objection_steps", "corrections", "reopenings"])
async def test_history_cannot_be_rewritten(stage: Any, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with stage.world.database.session() as session:
            await session.execute(text(f"UPDATE {table} SET id = id"))
