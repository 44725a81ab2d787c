"""Documents over the HTTP interface: made from what is recorded, remade until signed, and then kept."""

import asyncio
import hashlib
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from tests.evaluation.documents.conftest import CODE, SIGNED_PDF, Story
from tests.evaluation.documents.reading import docx_text, pdf_text

from shared.contracts.roles import Role


async def test_every_paper_of_a_dossier_from_registration_to_certificate(story: Story) -> None:
    await story.file()
    secretary = story.stage.office(Role.DISTRICT_SECRETARY, "511", "district")
    slip = await story.make("registration_slip", story.dossier, story.producer)
    said = pdf_text(await story.file_of(slip, story.producer))[0]
    assert "Người đại diện (thử)" in said
    assert "/PĐK-49-20662-2023" in said
    own = await story.make("self_assessment", story.dossier, story.producer)
    assert "100/100 điểm" in pdf_text(await story.file_of(own, story.producer))[0]
    assert "Tập minh chứng" in pdf_text(await story.file_of(own, story.producer))[0]

    await story.report()
    report = await story.make("commune_report", story.dossier, story.officer)
    for said in (
        pdf_text(await story.file_of(report, story.officer))[0],
        docx_text(await story.file_of(report, story.officer, "docx")),
    ):
        assert "Đúng # {{ x }}" in said
        assert "148/QĐ-TTg" in said
        assert "Kính gửi: Ủy ban nhân dân huyện Thử" in said

    await story.open()
    sheets = [await story.sheet(seat) for seat in range(3)]
    mine = await story.make("score_sheet", sheets[1], story.board.members[1])
    said = pdf_text(await story.file_of(mine, story.board.members[1]))[0]
    assert "TỔNG CỘNG 100 60" in said
    assert "Ý kiến của ghế 2" in said
    assert "0235 000 000" not in said

    await story.close()
    minutes = await story.make("minutes", story.round, story.board.secretary)
    listed = await story.make("result_list", story.round, story.board.secretary)
    draft = await story.make("recognition_decision", story.dossier, secretary)
    for document in (minutes, listed, draft):
        said = pdf_text(await story.file_of(document, secretary))[0]
        assert story.product.product_name in said
        assert docx_text(await story.file_of(document, secretary, "docx"))
    said = pdf_text(await story.file_of(draft, secretary))[0]
    assert "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN THỬ" in said
    assert "3 (ba) sao" in said
    assert "36 tháng" in said

    await story.decide()
    await story.issue()
    notice = await story.make("result_notice", story.dossier, secretary)
    said = pdf_text(await story.file_of(notice, story.producer))[0]
    assert "77/QĐ-UBND" in said
    assert "60 điểm" in said
    given = await story.make("certificate", story.decision, secretary)
    said = pdf_text(await story.file_of(given, secretary))[0]
    assert CODE in said
    assert "19/07/2026" in said
    assert given["data"]["passport_url"].endswith(f"/p/{CODE}")
    assert len(await story.world.audited(given["id"])) == 1


async def test_what_is_not_there_yet_is_refused_with_the_state(story: Story) -> None:
    await story.file()
    secretary = story.stage.office(Role.DISTRICT_SECRETARY, "511", "district")
    await story.report()
    await story.open()
    for kind, subject, actor in (
        ("recognition_decision", story.dossier, secretary),
        ("result_notice", story.dossier, secretary),
        ("minutes", story.round, secretary),
    ):
        problem = await story.stage.refused(409, "POST", "/documents", actor, {"kind": kind, "subject_id": subject})
        assert problem["type"].endswith("document-not-ready")
        assert problem["state"] in {"in_round", "open"}
        assert "allowed" in problem
    for kind in ("advisory_report", "revocation_decision"):
        await story.stage.refused(404, "POST", "/documents", secretary, {"kind": kind, "subject_id": story.dossier})
    body = {"kind": "poem", "subject_id": story.dossier}
    problem = await story.stage.refused(422, "POST", "/documents", secretary, body)
    assert problem["errors"][0]["field"] == "kind"
    body = {"kind": "minutes", "subject_id": story.round, "dossier_ids": [story.dossier]}
    await story.stage.refused(422, "POST", "/documents", secretary, body)


async def test_the_certificate_waits_for_code_and_validity_and_says_when_to_ask_again(story: Story) -> None:
    await story.file()
    await story.report()
    await story.open()
    for seat in range(3):
        await story.sheet(seat)
    await story.close()
    await story.decide()
    body = {"kind": "certificate", "subject_id": story.decision}
    answer = await story.world.call("POST", "/documents", story.board.secretary, body)
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")
    await story.issue()
    await story.make("certificate", story.decision, story.board.secretary)


async def test_a_draft_is_remade_when_its_data_changed_and_is_the_same_otherwise(story: Story) -> None:
    dossier = await story.world.filled(story.product)
    first = await story.make("registration_slip", dossier["id"], story.producer)
    again = await story.make("registration_slip", dossier["id"], story.producer)
    assert again["id"] == first["id"]
    form = {**dossier["registration_form"], "representative": "Người khác (thử)"}
    form = {name: value for name, value in form.items() if value is not None}
    path = f"/dossiers/{dossier['id']}/registration-form"
    await story.stage.ok("PUT", path, story.producer, form, version=dossier["version"])
    second = await story.make("registration_slip", dossier["id"], story.producer)
    assert (second["revision"], first["revision"]) == (2, 1)
    assert "Người khác (thử)" in pdf_text(await story.file_of(second, story.producer))[0]
    assert "Người khác (thử)" not in pdf_text(await story.file_of(first, story.producer))[0]
    listed = await story.stage.ok(
        "GET", f"/documents?subject_id={dossier['id']}&kind=registration_slip", story.producer
    )
    assert [item["revision"] for item in listed["items"]] == [2, 1]


def signing(**changes: Any) -> dict[str, Any]:
    return {"number": "12/BC-UBND", "signed_on": "2023-07-20", "signer": "Chủ tịch (thử)"} | changes


async def test_number_day_signer_and_file_are_recorded_once_and_draft_and_signed_file_are_kept(story: Story) -> None:
    await story.file()
    await story.report()
    report = await story.make("commune_report", story.dossier, story.officer)
    draft = await story.file_of(report, story.officer)
    digest = hashlib.sha256(SIGNED_PDF).hexdigest()
    path = f"/documents/{report['id']}/signing"
    problem = await story.stage.refused(
        422, "POST", path, story.officer, signing(file_sha256=digest, signed_on="2023-07-21")
    )
    assert {fault["field"] for fault in problem["errors"]} == {"signed_on", "file_sha256"}
    sent = await story.world.call("PUT", f"/document-files/{digest}", story.officer, content=SIGNED_PDF)
    assert sent.status_code == 201, sent.text
    signed = await story.stage.ok("POST", path, story.officer, signing(file_sha256=digest))
    assert signed["state"] == "signed"
    assert signed["signing"]["number"] == "12/BC-UBND"
    assert await story.file_of(signed, story.officer, "signed") == SIGNED_PDF
    assert await story.file_of(signed, story.officer) == draft
    again = await story.stage.refused(409, "POST", path, story.officer, signing())
    assert (again["type"].rsplit("/", 1)[-1], again["number"]) == ("document-signed", "12/BC-UBND")
    body = {"kind": "commune_report", "subject_id": story.dossier}
    remade = await story.stage.refused(409, "POST", "/documents", story.officer, body)
    assert remade["document_id"] == report["id"]


async def test_only_the_newest_draft_is_signed_and_only_by_its_makers(story: Story) -> None:
    dossier = await story.world.filled(story.product)
    first = await story.make("registration_slip", dossier["id"], story.producer)
    form = {name: value for name, value in dossier["registration_form"].items() if value is not None}
    path = f"/dossiers/{dossier['id']}/registration-form"
    await story.stage.ok("PUT", path, story.producer, form | {"samples": 6}, version=dossier["version"])
    second = await story.make("registration_slip", dossier["id"], story.producer)
    problem = await story.stage.refused(409, "POST", f"/documents/{first['id']}/signing", story.producer, signing())
    assert problem["document_id"] == second["id"]
    await story.stage.ok("POST", f"/dossiers/{dossier['id']}/filing", story.producer)
    path = f"/documents/{second['id']}/signing"
    await story.stage.refused(403, "POST", path, story.officer, signing())
    other = story.stage.office(Role.COMMUNE_OFFICER, "20663", "commune")
    await story.stage.refused(404, "POST", path, other, signing())
    await story.stage.ok("POST", path, story.producer, signing(number=None))


async def test_ten_signings_and_remakings_at_once_leave_one_signed_document(story: Story) -> None:
    await story.file()
    await story.report()
    report = await story.make("commune_report", story.dossier, story.officer)
    base = "/api/evaluation/v1/documents"
    answers = await asyncio.gather(
        *(
            story.world.client.post(
                f"{base}/{report['id']}/signing",
                json=signing(number=f"{n}/BC-UBND"),
                headers=story.stage.headers(story.officer),
            )
            for n in range(10)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


async def test_the_same_key_makes_one_document(story: Story) -> None:
    await story.file()
    body = {"kind": "registration_slip", "subject_id": story.dossier}
    headers = story.stage.headers(story.producer)
    first = await story.world.client.post("/api/evaluation/v1/documents", json=body, headers=headers)
    again = await story.world.client.post("/api/evaluation/v1/documents", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotent-replay"] == "true"
    assert first.headers["location"].endswith(first.json()["id"])


async def test_a_file_that_is_known_is_not_sent_twice_and_one_that_is_not_there_is_not_found(story: Story) -> None:
    await story.file()
    slip = await story.make("registration_slip", story.dossier, story.producer)
    path = f"/documents/{slip['id']}/file"
    tag = (await story.world.call("GET", path, story.producer)).headers["etag"]
    known = await story.world.call("GET", path, story.producer, headers={"If-None-Match": tag})
    assert (known.status_code, known.content) == (304, b"")
    for form in ("docx", "signed"):
        assert (await story.world.call("GET", f"{path}?format={form}", story.producer)).status_code == 404
    assert (await story.world.call("GET", f"{path}?format=exe", story.producer)).status_code == 422


async def test_the_service_cannot_rewrite_what_was_made_or_signed(story: Story) -> None:
    for table in ("documents", "document_files", "document_signings", "issued_certificates"):
        for statement in (f"UPDATE {table} SET sha256 = ''", f"DELETE FROM {table}"):
            if "sha256" in statement and table != "document_files":
                continue
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with story.world.database.session() as session:
                    await session.execute(text(statement))
