"""A certificate is revoked by cause, finding and clock, by the body of today."""

import asyncio
from typing import Any

from tests.evaluation.after.conftest import certificate_of

from shared.contracts.roles import Role


def proposal(certificate: Any, **changes: Any) -> dict[str, Any]:
    finding = {"kind": "authority_conclusion", "by": "Chi cục (thử)", "number": "12/KL", "on": "2026-06-10"}
    return {
        "certificate_id": str(certificate.certificate_id),
        "cause": "c",
        "finding": finding,
        "evidence": "Biên bản kiểm tra ngày 08/6/2026",
    } | changes


def revoked(number: str = "500/QĐ-UBND", **changes: Any) -> dict[str, Any]:
    return {
        "revoked": True,
        "reasons": "Vi phạm an toàn thực phẩm",
        "number": number,
        "signed_on": "2026-06-15",
        "public_words": "Vi phạm quy định an toàn thực phẩm",
    } | changes


async def test_a_districts_certificate_is_revoked_by_its_successor_and_both_are_named(case: Any) -> None:
    stage, certificate, secretary, chair = case
    made = await stage.ok("POST", "/revocations", secretary, proposal(certificate))
    assert made["certificate_decided_by"] == "Chủ tịch Ủy ban nhân dân huyện Thăng Bình"
    assert (made["unit_name"], made["unit_code"]) == ("Thành phố Đà Nẵng", "48")
    assert (made["due_on"], made["state"]) == ("2026-06-25", "proposed"), "15 days from the conclusion"
    (proposed,) = await stage.world.events("evaluation.revocation_proposed")
    assert (proposed["due_on"], proposed["unit_code"]) == ("2026-06-25", "48")
    path = f"/revocations/{made['id']}/decision"
    await stage.refused(403, "POST", path, secretary, revoked())
    await stage.refused(404, "POST", path, stage.office(Role.PROVINCE_CHAIR, "01", "province"), revoked())
    early = await stage.refused(422, "POST", path, chair, revoked(signed_on="2026-06-09"))
    assert early["errors"][0]["field"] == "signed_on"
    back = await stage.refused(422, "POST", path, chair, revoked(effective_on="2026-06-14"))
    assert back["errors"][0]["field"] == "effective_on"
    done = await stage.ok("POST", path, chair, revoked())
    assert (done["state"], done["effective_on"], done["document"]["number"]) == ("revoked", "2026-06-15", "500/QĐ-UBND")
    (event,) = await stage.world.events("evaluation.revocation_decided")
    assert event["decided_by"] == "Chủ tịch Ủy ban nhân dân thành phố Đà Nẵng"
    assert event["certificate_id"] == str(certificate.certificate_id)
    again = await stage.refused(409, "POST", path, chair, revoked("501/QĐ-UBND"))
    assert again["state"] == "revoked"


async def test_cause_finding_and_proposer_are_checked(case: Any) -> None:
    stage, certificate, secretary, _ = case
    unknown = await stage.refused(422, "POST", "/revocations", secretary, proposal(certificate, cause="z"))
    assert unknown["type"] == "/problems/unknown-cause"
    future = proposal(certificate, finding={"kind": "ministry_request", "by": "Bộ", "on": "2026-06-16"})
    assert (await stage.refused(422, "POST", "/revocations", secretary, future))["errors"][0]["field"] == "finding.on"
    officer = stage.office(Role.COMMUNE_OFFICER, "20791", "commune")
    await stage.refused(403, "POST", "/revocations", officer, proposal(certificate))
    own = {"kind": "commune_confirmation", "by": "UBND xã", "on": "2026-06-12"}
    elsewhere = stage.office(Role.COMMUNE_OFFICER, "20792", "commune")
    await stage.refused(403, "POST", "/revocations", elsewhere, proposal(certificate, cause="đ", finding=own))
    await stage.ok("POST", "/revocations", officer, proposal(certificate, cause="đ", finding=own))
    second = await stage.refused(409, "POST", "/revocations", secretary, proposal(certificate))
    assert second["type"] == "/problems/revocation-open"
    over = certificate_of(stage.world, holds_until="2026-06-14", ended_reason="expired")
    assert (await stage.refused(409, "POST", "/revocations", secretary, proposal(over)))["state"] == "expired"


async def test_five_stars_are_the_ministers_to_revoke(case: Any) -> None:
    stage, _, secretary, chair = case
    five = certificate_of(stage.world, star=5)
    made = await stage.ok("POST", "/revocations", secretary, proposal(five))
    assert made["level"] == "central"
    path = f"/revocations/{made['id']}/decision"
    await stage.refused(403, "POST", path, chair, revoked())
    minister = stage.office(Role.NATIONAL_OFFICER, "VN", "central")
    dismissed = await stage.ok("POST", path, minister, {"revoked": False, "reasons": "Chưa đủ căn cứ"})
    assert (dismissed["state"], dismissed["document"]) == ("dismissed", None)
    await stage.ok("POST", "/revocations", secretary, proposal(five))


async def test_under_148_the_districts_chair_revoked_three_stars(stage: Any) -> None:
    await stage.world.move_clock("2024-12-10")
    certificate = certificate_of(
        stage.world,
        district_code="513",
        district_name="Huyện Thăng Bình",
        province_code="49",
        province_name="Tỉnh Quảng Nam",
    )
    finding = {"kind": "authority_conclusion", "by": "Sở (thử)", "on": "2024-12-01"}
    secretary = stage.office(Role.PROVINCE_SECRETARY, "49", "province")
    body = proposal(certificate, cause="khong-dat", finding=finding)
    made = await stage.ok("POST", "/revocations", secretary, body)
    assert (made["level"], made["unit_code"], made["due_on"]) == ("district", "513", None)
    chair = stage.office(Role.DISTRICT_CHAIR, "513", "district")
    await stage.ok("POST", f"/revocations/{made['id']}/decision", chair, revoked(signed_on="2024-12-10"))


async def test_two_proposals_or_two_decisions_at_once_leave_one(case: Any) -> None:
    stage, certificate, secretary, chair = case
    base = "/api/evaluation/v1"

    async def post(path: str, actor: Any, body: Any) -> int:
        answer = await stage.world.client.post(base + path, json=body, headers=stage.headers(actor))
        return int(answer.status_code)

    codes = await asyncio.gather(*(post("/revocations", secretary, proposal(certificate)) for _ in range(3)))
    assert sorted(codes) == [201, 409, 409]
    (one,) = (await stage.ok("GET", "/revocations?open_only=true", secretary))["items"]
    path = f"/revocations/{one['id']}/decision"
    decisions = (revoked(), {"revoked": False, "reasons": "Không"}, revoked("501/QĐ-UBND"))
    assert sorted(await asyncio.gather(*(post(path, chair, body) for body in decisions))) == [201, 409, 409]
    assert len(await stage.world.events("evaluation.revocation_decided")) == 1
