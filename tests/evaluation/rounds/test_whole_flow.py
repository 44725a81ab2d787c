"""From the commune's report to the decision, under the rules of 2023 and of 2026."""

from typing import Any

from shared.contracts.roles import Role


async def test_under_148_seventy_points_go_up_from_the_district_and_ninety_from_the_province(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    three, four, five = [await stage.dossier() for _ in range(3)]
    district = await stage.council("district", "511")
    round_id = await stage.round(district, three, four, five)
    for dossier, total in ((three, 60), (four, 75), (five, 93)):
        await stage.score(district, round_id, dossier, total, total + 1, total + 2)
    results = {result["dossier_id"]: result for result in await stage.close(district, round_id)}
    assert [results[str(d)]["star"] for d in (three, four, five)] == [3, 4, 5]
    assert [results[str(d)]["mean"] for d in (three, four, five)] == ["61", "76", "94"]
    assert [results[str(d)]["forwards_to"] for d in (three, four, five)] == [None, "province", "province"]

    chair = stage.office(Role.DISTRICT_CHAIR, "511", "district")
    signed = {"dossier_id": str(three), "number": "77/QĐ-UBND", "signed_on": "2023-07-20"}
    decision = await stage.ok("POST", "/decisions", chair, signed)
    assert decision["star"] == 3
    assert decision["decided_by"] == "Chủ tịch Ủy ban nhân dân huyện Thử"
    assert await stage.state(three) == ("recognised", None)
    assert await stage.world.events("evaluation.round_finished") == []
    for dossier in (four, five):
        await stage.ok("POST", f"/dossiers/{dossier}/forwarding", district.secretary)
        assert await stage.state(dossier) == ("forwarded", "province")
    (finished,) = await stage.world.events("evaluation.round_finished")
    assert (finished["round_id"], finished["finished_on"]) == (round_id, "2023-07-20")

    await stage.world.move_clock("2023-10-10")
    province = await stage.council("province", "49", 9)
    round_id = await stage.round(province, four, five)
    await stage.score(province, round_id, four, 80)
    await stage.score(province, round_id, five, 91, 92, 90)
    results = {result["dossier_id"]: result for result in await stage.close(province, round_id)}
    assert results[str(five)]["mean"] == "271/3"
    assert results[str(five)]["forwards_to"] == "central"
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    signed = {"dossier_id": str(four), "number": "2201/QĐ-UBND", "signed_on": "2023-10-10"}
    assert (await stage.ok("POST", "/decisions", chair, signed))["level"] == "province"
    await stage.ok("POST", f"/dossiers/{five}/forwarding", province.secretary)
    assert await stage.state(five) == ("forwarded", "central")

    (district_star, province_star) = await stage.world.events("evaluation.star_decided")
    assert (district_star["level"], district_star["star"], district_star["mean"]) == ("district", 3, "61")
    assert (province_star["level"], province_star["star"], province_star["mean"]) == ("province", 4, "80")
    assert district_star["certificate_months"] == 36
    assert district_star["code_pattern"] == "{province}-{district}-{commune}-{seq}-{year}"
    moves = await stage.world.events("evaluation.dossier_forwarded")
    assert [(move["from_level"], move["to_level"]) for move in moves] == [
        ("district", "province"),
        ("district", "province"),
        ("province", "central"),
    ]
    assert len(await stage.world.events("evaluation.round_finished")) == 2
    assert len(await stage.world.events("evaluation.result_released")) == 5


async def test_the_centre_decides_five_stars_and_leaves_four_to_the_province(stage: Any) -> None:
    await stage.world.move_clock("2023-11-10")
    five, four = [await stage.dossier(state="forwarded", level="central", reached=["province"]) for _ in range(2)]
    council = await stage.council("central", "VN", 5)
    assert (await stage.evaluated(council, five, 95))["star"] == 5
    assert (await stage.evaluated(council, four, 85))["star"] == 4
    minister = stage.office(Role.NATIONAL_OFFICER, "VN", "central")
    signed = {"dossier_id": str(five), "number": "12/QĐ-BNN", "signed_on": "2023-11-10"}
    decision = await stage.ok("POST", "/decisions", minister, signed)
    assert decision["decided_by"] == "Bộ trưởng Bộ Nông nghiệp và Phát triển nông thôn"
    signed = {"dossier_id": str(four), "number": "13/QĐ-BNN", "signed_on": "2023-11-10"}
    problem = await stage.refused(403, "POST", "/decisions", minister, signed)
    assert problem["type"] == "/problems/other-body-decides"
    assert problem["needs"] == ["province_chair"]
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    assert (await stage.ok("POST", "/decisions", chair, signed))["level"] == "province"


async def test_the_districts_chair_decides_three_stars_that_the_province_scored(stage: Any) -> None:
    await stage.world.move_clock("2023-10-20")
    dossier = await stage.dossier(state="forwarded", level="province")
    council = await stage.council("province", "49", 5)
    assert (await stage.evaluated(council, dossier, 66))["forwards_to"] is None
    signed = {"dossier_id": str(dossier), "number": "78/QĐ-UBND", "signed_on": "2023-10-20"}
    province = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    await stage.refused(403, "POST", "/decisions", province, signed)
    other = stage.office(Role.DISTRICT_CHAIR, "512", "district")
    await stage.refused(404, "POST", "/decisions", other, signed)
    district = stage.office(Role.DISTRICT_CHAIR, "511", "district")
    decision = await stage.ok("POST", "/decisions", district, signed)
    assert (decision["level"], decision["unit_code"], decision["star"]) == ("district", "511", 3)


async def test_under_26_2026_a_missed_floor_caps_the_star_and_keeps_the_decision_at_the_province(stage: Any) -> None:
    await stage.world.move_clock("2026-06-20")
    dossier = await stage.dossier("QD26-13", province_code="48", district_code=None, district_name=None)
    council = await stage.council("province", "48", 9, 2026)
    result = await stage.evaluated(council, dossier, 92, c3_5=1)
    assert (result["band"], result["star"], result["mean"]) == (5, 3, "92")
    assert {"criterion": "3.5", "star": 4, "needs": 2, "has": "1"} in result["floors_missed"]
    assert result["forwards_to"] is None
    secretary = council.secretary
    problem = await stage.refused(409, "POST", f"/dossiers/{dossier}/forwarding", secretary)
    assert problem["type"] == "/problems/result-is-decided-here"
    chair = stage.office(Role.PROVINCE_CHAIR, "48", "province")
    signed = {"dossier_id": str(dossier), "number": "901/QĐ-UBND", "signed_on": "2026-06-20"}
    assert (await stage.ok("POST", "/decisions", chair, signed))["star"] == 3
    (star,) = await stage.world.events("evaluation.star_decided")
    assert (star["ruleset"], star["star"], star["code_pattern"]) == (
        "qd26-2026",
        3,
        "{province}-{commune}-{seq}-{year}",
    )


async def test_a_result_that_goes_up_is_not_decided_and_one_below_three_stars_ends_at_closing(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    up, low = await stage.dossier(), await stage.dossier()
    council = await stage.council()
    round_id = await stage.round(council, up, low)
    await stage.score(council, round_id, up, 71)
    await stage.score(council, round_id, low, 45)
    await stage.close(council, round_id)
    assert await stage.state(low) == ("not_recognised", None)
    (released,) = await stage.world.events("evaluation.result_released")
    assert (released["dossier_id"], released["star"], released["mean"]) == (str(low), 2, "45")
    chair = stage.office(Role.DISTRICT_CHAIR, "511", "district")
    signed = {"dossier_id": str(up), "number": "79/QĐ-UBND", "signed_on": "2023-07-20"}
    problem = await stage.refused(409, "POST", "/decisions", chair, signed)
    assert problem["type"] == "/problems/result-goes-up"
    assert problem["allowed"] == ["forward"]
    signed["dossier_id"] = str(low)
    await stage.refused(409, "POST", "/decisions", chair, signed)
    await stage.refused(409, "POST", f"/dossiers/{low}/forwarding", council.secretary)


async def test_a_sheet_that_is_recorded_only_takes_part_totals(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    dossier = await stage.dossier("QD148-07")
    council = await stage.council()
    round_id = await stage.round(council, dossier)
    whole = {"round_id": round_id, "dossier_id": str(dossier), "part_totals": {"A": 30, "B": 15, "C": 20}}
    answer = await stage.submit(council.chair, whole | {"part_totals": {"A": 41, "B": 15}, "choices": {"1.1": 1}})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["errors"]} == {
        'part_totals["A"]',
        'part_totals["C"]',
        "choices",
    }
    for member in council.members:
        answer = await stage.submit(member, whole)
        assert answer.status_code == 201, answer.text
        assert answer.json()["total"] == 65
    (result,) = await stage.close(council, round_id)
    assert (result["mean"], result["star"], result["criteria"]) == ("65", 3, [])
    assert result["parts"] == {"A": "30", "B": "15", "C": "20"}
