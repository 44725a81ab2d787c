"""Papers that rest on the acts of several offices: advisory report, minutes, decision over many, revocation, slip."""

from typing import Any

from tests.evaluation.after.conftest import certificate_of
from tests.evaluation.documents.conftest import Story
from tests.evaluation.documents.reading import docx_text, pdf_text

from evaluation.domain.decision_papers import reason
from shared.contracts.roles import Role
from shared.testing.people import person


async def test_the_teams_report_is_made_by_team_or_secretary_and_never_read_by_the_producer(story: Story) -> None:
    stage = story.stage
    await stage.world.move_clock("2026-06-08")
    members = [person(Role.COUNCIL_MEMBER, "49") for _ in range(3)]
    secretary, head = person(Role.PROVINCE_SECRETARY, "49"), person(Role.ADVISORY_MEMBER, "49", name="Tổ trưởng (thử)")
    stranger = person(Role.ADVISORY_MEMBER, "49")
    team = [{"person_id": str(head.person_id), "name": head.name, "body": "Chi cục (thử)", "is_head": True}]
    body = stage.council_body("province", "49", members, 2026) | {"advisory_team": team}
    council = await stage.ok("POST", "/councils", secretary, body)
    dossier = await stage.dossier("QD26-01", level="province", state="reported")
    path = f"/dossiers/{dossier}/advice"
    samples = {"kind": "samples", "on_day": "2026-06-06", "count": 5, "condition": "Nguyên vẹn", "received_by": "Tổ"}
    first = await stage.ok("POST", path, head, samples)
    findings = [{"part": part, "finding": f"Đạt phần {part}"} for part in ("A", "B", "C")]
    written = {"kind": "report", "on_day": "2026-06-08", "findings": findings, "proposal": "Đề nghị đánh giá"}
    report = await stage.ok("POST", path, head, written)
    await stage.ok("POST", path, head, samples | {"count": 9})
    about = {"kind": "advisory_report", "subject_id": report["id"]}
    await stage.refused(404, "POST", "/documents", head, about | {"subject_id": first["id"]})
    await stage.refused(403, "POST", "/documents", stranger, about)
    await stage.refused(404, "POST", "/documents", person(Role.PROVINCE_SECRETARY, "48"), about)
    made = await story.make("advisory_report", report["id"], secretary)
    said = pdf_text(await story.file_of(made, head))[0]
    for words in ("Nhận 5 mẫu", "Đạt phần C", "Đề nghị đánh giá", "Tổ trưởng (thử)", "26/2026/QĐ-TTg"):
        assert words in said
    assert "Nhận 9 mẫu" not in said, "written after the report"
    signed = {"number": "3/BC-TTV", "signed_on": "2026-06-08", "signer": "Tổ trưởng (thử)"}
    await stage.ok("POST", f"/documents/{made['id']}/signing", secretary, signed)
    assert not await story.sees(made, stage.producer(dossier))
    assert not await story.sees(made, members[1])
    round_body = {"council_id": council["id"], "due_on": "2026-06-28", "dossier_ids": [str(dossier)]}
    opened = await stage.ok("POST", "/rounds", secretary, round_body)
    await stage.ok("POST", f"/rounds/{opened['id']}/opening", secretary)
    assert await story.sees(made, members[1])


async def test_the_minutes_name_discussions_knock_outs_and_who_stood_aside(story: Story) -> None:
    stage = story.stage
    first, second = await stage.dossier(), await stage.dossier()
    story.council = await stage.council(size=4)
    board = story.board
    story.round = await stage.round(board, first, second)
    conflict = {"dossier_id": str(first), "reason": "Người thân", "relation": "family"}
    await stage.ok("POST", f"/rounds/{story.round}/conflicts", board.members[3], conflict)
    for seat in range(3):
        await stage.submit(board.members[seat], stage.body(story.round, first, 60))
    await stage.ok("POST", f"/rounds/{story.round}/discussions", board.chair, _discussion(board, first))
    out = {"dossier_id": str(second), "code": "other", "reason": "Mẫu hỏng", "evidence": "Biên bản mở mẫu"}
    await stage.ok("POST", f"/rounds/{story.round}/knock-outs", board.chair, out)
    back = await stage.ok("POST", f"/rounds/{story.round}/knock-outs", board.chair, out | {"reason": "Nhầm hồ sơ"})
    path = f"/rounds/{story.round}/knock-outs/{back['id']}/withdrawal"
    await stage.ok("POST", path, board.chair, {"reason": "Ghi nhầm"})
    await stage.agree(board, story.round, first, 60)
    await stage.close(board, story.round)
    made = await story.make("minutes", story.round, board.secretary)
    for said in (
        pdf_text(await story.file_of(made, board.secretary))[0],
        docx_text(await story.file_of(made, board.secretary, "docx")),
    ):
        for words in ("“Bao bì đẹp”", "Kết luận: Giữ điểm", "Mẫu hỏng; căn cứ: Biên bản mở mẫu", "không đánh giá"):
            assert words in said
        assert "Nhầm hồ sơ" not in said, "taken back"
        assert "Người thân" not in said, "the chair's to read"


def _discussion(board: Any, dossier: Any) -> dict[str, Any]:
    statements = [{"member_id": str(board.members[1].person_id), "said": "Bao bì đẹp"}]
    return {"dossier_id": str(dossier), "statements": statements, "conclusion": "Giữ điểm"}


async def test_one_draft_lists_all_products_of_one_issuer(story: Story) -> None:
    stage = story.stage
    dossiers = [await stage.dossier() for _ in range(3)]
    council = await stage.council()
    round_id = await stage.round(council, *dossiers)
    for dossier, total in zip(dossiers, (60, 61, 75), strict=True):
        await stage.score(council, round_id, dossier, total)
    await stage.close(council, round_id)
    secretary = stage.office(Role.DISTRICT_SECRETARY, "511", "district")
    first, second, up = (str(one) for one in dossiers)
    body = {"kind": "recognition_decision", "subject_id": first, "dossier_ids": [second, first]}
    made = await stage.ok("POST", "/documents", secretary, body)
    assert [product["mean"] for product in made["data"]["products"]] == ["60", "61"]
    assert "2 sản phẩm" in pdf_text(await story.file_of(made, secretary))[0]
    problem = await stage.refused(409, "POST", "/documents", secretary, body | {"dossier_ids": [up]})
    assert problem["type"].endswith("document-not-ready")
    foreign = str(await stage.dossier(district_code="512"))
    await stage.refused(404, "POST", "/documents", secretary, body | {"dossier_ids": [foreign]})


async def test_the_draft_of_a_revocation_cites_finding_and_cause_under_todays_body(story: Story) -> None:
    stage = story.stage
    await stage.world.move_clock("2026-06-15")
    secretary, chair = (stage.office(role, "48", "province") for role in (Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR))
    finding = {"kind": "authority_conclusion", "by": "Chi cục (thử)", "number": "12/KL", "on": "2026-06-10"}
    body = {"certificate_id": str(certificate_of(stage.world).certificate_id), "cause": "b", "finding": finding}
    proposed = await stage.ok("POST", "/revocations", secretary, body | {"evidence": "Kiểm tra ngày 08/6/2026"})
    about = {"kind": "revocation_decision", "subject_id": proposed["id"]}
    await stage.refused(403, "POST", "/documents", stage.office(Role.DISTRICT_SECRETARY, "48", "district"), about)
    made = await story.make("revocation_decision", proposed["id"], secretary)
    said = pdf_text(await story.file_of(made, chair))[0]
    for words in (
        "CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ ĐÀ NẴNG",
        "Kết luận số 12/KL ngày 10 tháng 6 năm 2026 của Chi cục (thử)",
        "Sản phẩm không còn đáp ứng tiêu chí. Kiểm tra ngày 08/6/2026.",
        "Chủ tịch Ủy ban nhân dân huyện Thăng Bình",
        "kể từ ngày ký",
    ):
        assert words in said
    await stage.ok("POST", f"/revocations/{proposed['id']}/decision", chair, {"revoked": False, "reasons": "Bác"})
    problem = await stage.refused(409, "POST", "/documents", secretary, about)
    assert problem["state"] == "dismissed"


async def test_the_slip_shows_the_receipt_that_is_in_force(story: Story) -> None:
    stage = story.stage
    await stage.world.move_clock("2026-06-08")
    await story.file()
    officer = story.officer
    path = f"/dossiers/{story.dossier}/receipts"
    wrong = await stage.ok("POST", path, officer, {"level": "commune", "receiver": "Nhầm (thử)"})
    await stage.ok("POST", f"/receipts/{wrong['id']}/voiding", officer, {"reason": "Nhầm"})
    right = await stage.ok("POST", path, officer, {"level": "commune", "receiver": "Đỗ Thử"})
    made = await story.make("registration_slip", story.dossier, story.producer)
    said = pdf_text(await story.file_of(made, story.producer))[0]
    assert right["number"] in said
    assert "Đỗ Thử" in said
    assert wrong["number"] not in said
    assert [one["number"] is None for one in made["data"]["receipts"]] == [False, True]


def test_a_notice_cites_articles_and_not_how_we_read_them() -> None:
    noted = "Quyết định 148/QĐ-TTg, Phụ lục III (dấu sao trên phiếu), bản chép; thiết lập của hệ thống; quy chế"
    assert reason("3 sao", noted) == "3 sao (Quyết định 148/QĐ-TTg, Phụ lục III)"
    assert reason("3 sao", "thiết lập của hệ thống; quy chế") == "3 sao"
    assert reason("3 sao", "Quyết định 26/2026/QĐ-TTg, Điều 3") == "3 sao (Quyết định 26/2026/QĐ-TTg, Điều 3)"
