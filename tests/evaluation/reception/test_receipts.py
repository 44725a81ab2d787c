"""Registration slips: one locked series for each unit and year, no number twice, voided ones listed."""

import asyncio
from datetime import date
from typing import Any

from tests.evaluation.reception.conftest import waiting

from shared.contracts.roles import Level, Role
from shared.testing.people import person


async def test_fifty_slips_numbered_at_once_have_fifty_numbers_without_a_gap(stage: Any) -> None:
    place = {"commune_code": "20700", "commune_name": "Xã Đông (thử)"}
    officer = person(Role.COMMUNE_OFFICER, "20700", Level.COMMUNE)
    dossiers = [await waiting(stage, **place) for _ in range(50)]
    answers = await asyncio.gather(
        *(stage.ok("POST", f"/dossiers/{d}/receipts", officer, {"level": "commune"}) for d in dossiers)
    )
    assert sorted(answer["seq"] for answer in answers) == list(range(1, 51))
    assert {answer["number"] for answer in answers} == {f"{n:02d}/PĐK-49-20700-2026" for n in range(1, 51)}


async def test_a_voided_slip_is_listed_and_its_number_is_not_given_again(stage: Any) -> None:
    place = {"commune_code": "20701", "commune_name": "Xã Tây (thử)"}
    officer = person(Role.COMMUNE_OFFICER, "20701", Level.COMMUNE, name="Cán bộ nhận (thử)")
    dossier = await waiting(stage, **place)
    path = f"/dossiers/{dossier}/receipts"
    first = await stage.ok("POST", path, officer, {"level": "commune", "received_on": "2026-06-05"})
    assert (first["received_on"], first["receiver"], first["seq"]) == ("2026-06-05", "Cán bộ nhận (thử)", 1)
    again = await stage.refused(409, "POST", path, officer, {"level": "commune"})
    assert (again["type"], again["number"]) == ("/problems/dossier-already-received", first["number"])
    void = await stage.ok("POST", f"/receipts/{first['id']}/voiding", officer, {"reason": "Ghi nhầm hồ sơ"})
    assert (void["voided_on"], void["void_reason"]) == ("2026-06-08", "Ghi nhầm hồ sơ")
    await stage.refused(409, "POST", f"/receipts/{first['id']}/voiding", officer, {"reason": "Lần nữa"})
    second = await stage.ok("POST", path, officer, {"level": "commune"})
    assert second["seq"] == 2
    listed = "/receipts?level=commune&unit_code=20701&year=2026"
    everything = await stage.ok("GET", listed, officer)
    assert [(slip["seq"], slip["voided_on"]) for slip in everything["items"]] == [(1, "2026-06-08"), (2, None)]
    voided = await stage.ok("GET", f"{listed}&voided=true", officer)
    assert [slip["seq"] for slip in voided["items"]] == [1]
    await stage.refused(403, "GET", listed, person(Role.COMMUNE_OFFICER, "20662", Level.COMMUNE))


async def test_the_provincial_agency_keeps_a_series_of_its_own(stage: Any, commune: Any, province: Any) -> None:
    dossier = await waiting(stage)
    path = f"/dossiers/{dossier}/receipts"
    early = await stage.refused(409, "POST", path, province, {"level": "province"})
    assert early["level"] == "commune"
    await stage.ok("POST", path, commune, {"level": "commune"})
    sent_up = await waiting(stage, level="province", state="reported")
    slip = await stage.ok("POST", f"/dossiers/{sent_up}/receipts", province, {"level": "province"})
    assert (slip["unit_code"], slip["number"]) == ("49", "01/PĐK-49-20662-2026")


async def test_a_slip_is_not_dated_before_the_filing_or_after_today(stage: Any, commune: Any) -> None:
    dossier = await waiting(stage, filed_on=date.fromisoformat("2026-06-04"))
    for day in ("2026-06-03", "2026-06-09"):
        body = {"level": "commune", "received_on": day}
        problem = await stage.refused(422, "POST", f"/dossiers/{dossier}/receipts", commune, body)
        assert problem["errors"][0]["field"] == "received_on"


async def test_a_ruleset_without_slips_says_so(stage: Any, commune: Any) -> None:
    dossier = await stage.dossier("QD148-01", level="commune", state="filed")
    problem = await stage.refused(409, "POST", f"/dossiers/{dossier}/receipts", commune, {"level": "commune"})
    assert (problem["type"], problem["rule"]) == ("/problems/no-slip-number", "148/QĐ-TTg")
