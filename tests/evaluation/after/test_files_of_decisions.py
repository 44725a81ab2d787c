"""A decision names its signed file: one that was sent, by the caller or as a document he sees, and a PDF."""

import hashlib
from typing import Any

from tests.evaluation.after.test_decisions_over_many import scored, signed
from tests.evaluation.after.test_results_from_above import approval, from_centre, went_up
from tests.evaluation.after.test_revocations import proposal, revoked
from tests.evaluation.documents.conftest import SIGNED_PDF
from tests.evaluation.files import PNG

from shared.contracts.roles import Role

UNKNOWN = "0" * 64


async def sent(stage: Any, actor: Any, content: bytes = SIGNED_PDF) -> str:
    """The content, stored as sent by this person."""
    digest = hashlib.sha256(content).hexdigest()
    answer = await stage.world.call("PUT", f"/document-files/{digest}", actor, content=content)
    assert answer.status_code in {200, 201}, answer.text
    return digest


async def refused_for_its_file(stage: Any, code: str, path: str, actor: Any, body: dict[str, Any]) -> None:
    problem = await stage.refused(422, "POST", path, actor, body)
    assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [("file_sha256", code)]


async def test_a_recognition_names_a_pdf_that_its_signer_sent(stage: Any, district_chair: Any) -> None:
    (dossier,) = await scored(stage, 60)
    body = signed(dossier)
    others = await sent(stage, stage.office(Role.DISTRICT_SECRETARY, "511", "district"))
    for digest in (UNKNOWN, others):
        await refused_for_its_file(stage, "unknown_file", "/decisions", district_chair, body | {"file_sha256": digest})
    picture = await sent(stage, district_chair, PNG)
    await refused_for_its_file(stage, "wrong_kind", "/decisions", district_chair, body | {"file_sha256": picture})
    assert await stage.state(dossier) == ("scored", "district")
    mine = await sent(stage, district_chair)
    made = await stage.ok("POST", "/decisions", district_chair, body | {"file_sha256": mine})
    assert made["file_sha256"] == mine


async def test_the_signed_file_of_a_document_he_sees_is_the_chairs_to_name(stage: Any, district_chair: Any) -> None:
    (dossier,) = await scored(stage, 60)
    secretary = stage.office(Role.DISTRICT_SECRETARY, "511", "district")
    draft = {"kind": "recognition_decision", "subject_id": str(dossier)}
    made = await stage.ok("POST", "/documents", secretary, draft)
    digest = await sent(stage, secretary)
    signing = {"number": "77/QĐ-UBND", "signed_on": "2023-07-20", "signer": "Chủ tịch (thử)", "file_sha256": digest}
    await stage.ok("POST", f"/documents/{made['id']}/signing", secretary, signing)
    body = signed(dossier) | {"file_sha256": digest}
    assert (await stage.ok("POST", "/decisions", district_chair, body))["file_sha256"] == digest


async def test_a_revocation_and_its_proposal_name_files_that_are_here(case: Any) -> None:
    stage, certificate, secretary, chair = case
    body = proposal(certificate)
    await refused_for_its_file(stage, "unknown_file", "/revocations", secretary, body | {"file_sha256": UNKNOWN})
    photo = await sent(stage, secretary, PNG)
    made = await stage.ok("POST", "/revocations", secretary, body | {"file_sha256": photo})
    path = f"/revocations/{made['id']}/decision"
    await refused_for_its_file(stage, "unknown_file", path, chair, revoked(file_sha256=photo))
    done = await stage.ok("POST", path, chair, revoked(file_sha256=await sent(stage, chair)))
    assert done["state"] == "revoked"


async def test_an_approval_and_a_result_from_above_name_files_that_are_here(ninety: Any) -> None:
    stage, dossier, council = ninety
    chair = stage.office(Role.PROVINCE_CHAIR, "49", "province")
    body = approval(dossier) | {"file_sha256": UNKNOWN}
    await refused_for_its_file(stage, "unknown_file", "/approvals", chair, body)
    await went_up(stage, dossier, council)
    path = f"/dossiers/{dossier}/upper-results"
    above = from_centre("92", 5) | {"file_sha256": UNKNOWN}
    await refused_for_its_file(stage, "unknown_file", path, stage.office(Role.NATIONAL_OFFICER, "VN", "central"), above)
