"""Approval before a result goes up, and what comes back from the centre."""

from typing import Any

from shared.contracts.roles import Role


def approval(*dossiers: Any) -> dict[str, Any]:
    return {"dossier_ids": [str(one) for one in dossiers], "number": "900/QĐ-UBND", "signed_on": "2026-06-20"}


def from_centre(mean: str, star: int, number: str = "5/QĐ-BNNMT") -> dict[str, Any]:
    return {"mean": mean, "star": star, "number": number, "signed_on": "2026-06-20", "reasons": "Chưa đủ liên kết"}


async def went_up(stage: Any, dossier: Any, council: Any) -> None:
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    await stage.ok("POST", "/approvals", chair, approval(dossier))
    await stage.ok("POST", f"/dossiers/{dossier}/forwarding", council.secretary)


async def test_a_result_goes_up_only_once_it_is_approved(ninety: Any) -> None:
    stage, dossier, council = ninety
    path = f"/dossiers/{dossier}/forwarding"
    problem = await stage.refused(409, "POST", path, council.secretary)
    assert (problem["type"], problem["allowed"]) == ("/problems/result-not-approved", ["approvals"])
    await stage.refused(403, "POST", "/approvals", council.secretary, approval(dossier))
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    assert (await stage.ok("POST", "/approvals", chair, approval(dossier)))["kind"] == "approval"
    again = await stage.refused(409, "POST", "/approvals", chair, approval(dossier) | {"number": "901/QĐ-UBND"})
    assert again["state"] == "scored"
    assert (await stage.ok("POST", path, council.secretary))["level"] == "central"
    officer = stage.office(Role.NATIONAL_OFFICER, "VN", "central")
    (seen,) = (await stage.ok("GET", f"/dossiers/{dossier}/results", officer))["items"]
    assert seen["level"] == "province", "the level above reads what was settled below"


async def test_the_clock_of_a_renewal_goes_up_and_comes_back_with_it(stage: Any) -> None:
    await stage.world.move_clock("2026-06-20")
    dossier = await stage.dossier("QD26-01", kind="renewal")
    council = await stage.council("province", "49", year=2026)
    await stage.evaluated(council, dossier, 100)
    await stage.ok("POST", f"/dossiers/{dossier}/forwarding", council.secretary)
    (owed,) = await stage.world.events("evaluation.renewal_decision_due")
    assert (owed["level"], owed["unit_code"], owed["due_on"]) == ("central", "VN", "2026-07-06"), "45 days from 22 May"
    await stage.ok("POST", f"/dossiers/{dossier}/upper-results", council.secretary, from_centre("88.5", 4))
    back = (await stage.world.events("evaluation.renewal_decision_due"))[-1]
    assert (back["level"], back["unit_code"], back["due_on"]) == ("province", "49", "2026-07-06")
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    signed = {"dossier_id": str(dossier), "number": "902/QĐ-UBND", "signed_on": "2026-06-20"}
    await stage.ok("POST", "/decisions", chair, signed)
    assert len(await stage.world.events("evaluation.renewal_decision_due")) == 2


async def test_the_clock_of_a_renewal_comes_back_from_a_round_of_the_centre(stage: Any) -> None:
    await stage.world.move_clock("2026-06-20")
    dossier = await stage.dossier("QD26-01", kind="renewal")
    council = await stage.council("province", "49", year=2026)
    await stage.evaluated(council, dossier, 100)
    await stage.ok("POST", f"/dossiers/{dossier}/forwarding", council.secretary)
    await stage.evaluated(await stage.council("central", "VN", year=2026), dossier, 98, c4_1=3)
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    await stage.ok("POST", f"/dossiers/{dossier}/reevaluations", chair, {"reasons": "Có minh chứng mới"})
    owed = await stage.world.events("evaluation.renewal_decision_due")
    assert [one["level"] for one in owed] == ["central", "province"]
    await stage.one(
        "INSERT INTO reopenings (id, dossier_id, level, attempt, cause, reasons, person_id, on_day)"
        " VALUES (gen_random_uuid(), :d, 'province', 3, 'objection', 'x', :d, '2026-06-20') RETURNING id",
        d=dossier,
    )
    await stage.evaluated(council, dossier, 100)
    await stage.ok("POST", f"/dossiers/{dossier}/forwarding", council.secretary)
    assert len(await stage.world.events("evaluation.renewal_decision_due")) == 2, "it had its result in time"


async def test_a_first_evaluation_has_no_such_clock(ninety: Any) -> None:
    stage, dossier, council = ninety
    await went_up(stage, dossier, council)
    assert await stage.world.events("evaluation.renewal_decision_due") == []


async def test_five_stars_in_the_centres_document_recognise_the_product(ninety: Any) -> None:
    stage, dossier, council = ninety
    await went_up(stage, dossier, council)
    path = f"/dossiers/{dossier}/upper-results"
    await stage.refused(422, "POST", path, council.secretary, from_centre("88", 5))
    made = await stage.ok("POST", path, council.secretary, from_centre("275/3", 5))
    assert (made["mean"], made["mean_decimal"]) == ("275/3", "91.67")
    assert await stage.state(dossier) == ("recognised", None)
    (event,) = await stage.world.events("evaluation.star_decided")
    assert (event["star"], event["level"], event["mean"]) == (5, "central", "275/3")
    assert event["decided_by"] == "Bộ trưởng Bộ Nông nghiệp và Môi trường"
    outcome = await stage.ok("GET", f"/dossiers/{dossier}/outcome", stage.producer(dossier))
    assert (outcome["star"], outcome["results_from_above"][0]["level"]) == (5, "central")
    await stage.refused(409, "POST", path, council.secretary, from_centre("92", 5, "6/QĐ-BNNMT"))


async def test_a_result_lowered_by_the_centre_is_recognised_by_the_province(ninety: Any) -> None:
    stage, dossier, council = ninety
    await went_up(stage, dossier, council)
    officer = stage.office(Role.NATIONAL_OFFICER, "VN", "central")
    await stage.ok("POST", f"/dossiers/{dossier}/upper-results", officer, from_centre("88.5", 4))
    assert await stage.state(dossier) == ("scored", "province")
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    signed = {"dossier_id": str(dossier), "number": "902/QĐ-UBND", "signed_on": "2026-06-20"}
    made = await stage.ok("POST", "/decisions", chair, signed)
    assert made["star"] == 4
    (event,) = await stage.world.events("evaluation.star_decided")
    assert (event["level"], event["mean"]) == ("province", "177/2")
    problem = await stage.refused(409, "POST", f"/dossiers/{dossier}/reevaluations", chair, {"reasons": "Chấm lại"})
    assert problem["state"] == "recognised"


async def test_the_province_may_evaluate_again_what_the_centre_lowered(ninety: Any) -> None:
    stage, dossier, council = ninety
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    path = f"/dossiers/{dossier}/reevaluations"
    early = await stage.refused(409, "POST", path, chair, {"reasons": "Chấm lại"})
    assert early["type"] == "/problems/not-lowered-above"
    await went_up(stage, dossier, council)
    await stage.ok("POST", f"/dossiers/{dossier}/upper-results", council.secretary, from_centre("48", 2))
    assert await stage.state(dossier) == ("not_recognised", None)
    other = stage.office(Role.PROVINCE_CHAIR, "48", "province")
    await stage.refused(404, "POST", path, other, {"reasons": "Chấm lại"})
    made = await stage.ok("POST", path, chair, {"reasons": "Chấm lại"})
    assert (made["attempt"], made["level"], made["cause"]) == (2, "province", "lowered_above")
    assert await stage.state(dossier) == ("reported", "province")
    result = await stage.evaluated(council, dossier, 98, c4_1=3)
    assert result["star"] == 4
    signed = {"dossier_id": str(dossier), "number": "903/QĐ-UBND", "signed_on": "2026-06-20"}
    await stage.ok("POST", "/decisions", chair, signed)
    outcome = await stage.ok("GET", f"/dossiers/{dossier}/outcome", stage.producer(dossier))
    assert [one["mean"] for one in outcome["results"]] == ["100", "98"]
    assert [one["attempt"] for one in outcome["reopenings"]] == [2]


async def test_a_round_of_the_centre_ends_when_the_province_evaluates_again(ninety: Any) -> None:
    stage, dossier, council = ninety
    await went_up(stage, dossier, council)
    centre = await stage.council("central", "VN", year=2026)
    result = await stage.evaluated(centre, dossier, 98, c4_1=3)
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    await stage.ok("POST", f"/dossiers/{dossier}/reevaluations", chair, {"reasons": "Có minh chứng mới"})
    finished = await stage.world.events("evaluation.round_finished")
    assert finished[-1]["round_id"] == result["round_id"]
    outcomes = [
        r["outcome"] for r in (await stage.ok("GET", f"/dossiers/{dossier}/results", council.secretary))["items"]
    ]
    assert outcomes == ["forwarded", "evaluated_again"]
