"""The signed file of a decision, correction or revocation is read back by who reads what it says, and nobody else."""

import hashlib
from typing import Any

from tests.evaluation.after.test_decisions_over_many import scored, signed
from tests.evaluation.after.test_files_of_decisions import sent
from tests.evaluation.after.test_objections_and_corrections import correction, product_known
from tests.evaluation.after.test_revocations import proposal, revoked
from tests.evaluation.documents.conftest import SIGNED_PDF
from tests.evaluation.files import PNG

from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person

CORRECTED_PDF = SIGNED_PDF.replace(b"/Signed", b"/Corrected")
OFFICES: dict[str, tuple[Role, str, str]] = {
    "commune": (Role.COMMUNE_OFFICER, "20662", "commune"),
    "another commune": (Role.COMMUNE_OFFICER, "20663", "commune"),
    "district secretary": (Role.DISTRICT_SECRETARY, "511", "district"),
    "district chair": (Role.DISTRICT_CHAIR, "511", "district"),
    "another district": (Role.DISTRICT_SECRETARY, "512", "district"),
    "province secretary": (Role.PROVINCE_SECRETARY, "49", "province"),
    "province chair": (Role.PROVINCE_CHAIR, "49", "province"),
    "another province": (Role.PROVINCE_SECRETARY, "01", "province"),
    "centre": (Role.NATIONAL_OFFICER, "VN", "central"),
    "auditor": (Role.AUDITOR, "49", "province"),
    "trade": (Role.TRADE_OFFICER, "49", "province"),
}
OFFICIALS = {"commune", "district secretary", "district chair", "province secretary", "province chair", "auditor"}


def people_of(stage: Any, dossier: Any, producer: Actor) -> dict[str, Actor]:
    commune = stage.places[dossier]["commune_code"]
    offices = OFFICES | {"commune": (Role.COMMUNE_OFFICER, commune, "commune")}
    found = {name: stage.office(*office) for name, office in offices.items()}
    elsewhere = person(Role.PRODUCER, commune, Level.COMMUNE, producer=new_id())
    return found | {"producer": producer, "another producer": elsewhere}


async def statuses(stage: Any, path: str, people: dict[str, Actor]) -> dict[str, tuple[int, int]]:
    """What each gets who reads the thing, and its file."""
    return {
        name: (
            (await stage.world.call("GET", path, actor)).status_code,
            (await stage.world.call("GET", f"{path}/file", actor)).status_code,
        )
        for name, actor in people.items()
    }


def readers(found: dict[str, tuple[int, int]]) -> set[str]:
    """Who reads both; whoever reads one without the other, or is refused otherwise than by 404, fails the test."""
    assert set(found.values()) <= {(200, 200), (404, 404)}, found
    return {name for name, pair in found.items() if pair == (200, 200)}


async def content_of(stage: Any, path: str, actor: Actor, content: bytes, media_type: str = "application/pdf") -> Any:
    """The file as it is served: the very bytes, as an attachment, known by its hash."""
    answer = await stage.world.call("GET", path, actor)
    assert (answer.status_code, answer.content) == (200, content), answer.text
    digest = hashlib.sha256(content).hexdigest()
    said = {name: answer.headers[name] for name in ("etag", "content-type", "content-length", "cache-control")}
    assert said == {
        "etag": f'"{digest}"',
        "content-type": media_type,
        "content-length": str(len(content)),
        "cache-control": "private, no-cache",
    }
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    known = await stage.world.call("GET", path, actor, headers={"If-None-Match": f'"{digest}"'})
    assert (known.status_code, known.content) == (304, b"")
    return answer


async def test_who_reads_a_decision_reads_its_file_before_and_after_publication(
    stage: Any, district_chair: Any
) -> None:
    await stage.world.move_clock("2023-07-20")
    dossier, council = await stage.dossier(), await stage.council()
    round_id = await stage.round(council, dossier)
    await stage.score(council, round_id, dossier, 60)
    await stage.close(council, round_id)
    body = signed(dossier) | {"file_sha256": await sent(stage, district_chair)}
    made = await stage.ok("POST", "/decisions", district_chair, body)
    path, producer = f"/decisions/{made['id']}", stage.producer(dossier)
    people = people_of(stage, dossier, producer) | {"member": council.members[1], "council chair": council.chair}
    circle = OFFICIALS | {"producer", "member", "council chair"}
    assert readers(await statuses(stage, path, people)) == circle
    await stage.ok("POST", "/publications", council.secretary, {"round_id": round_id})
    assert readers(await statuses(stage, path, people)) == circle, "the public list tells number and day"
    assert (await stage.world.call("GET", f"{path}/file")).status_code == 401
    answer = await content_of(stage, f"{path}/file", producer, SIGNED_PDF)
    assert "recognition-" in answer.headers["content-disposition"]


async def test_each_producer_of_a_decision_over_many_reads_the_one_file_by_either_id(
    stage: Any, district_chair: Any
) -> None:
    first, second = await scored(stage, 60, 61)
    body = signed(first, second) | {"file_sha256": await sent(stage, district_chair)}
    made = await stage.ok("POST", "/decisions", district_chair, body)
    for dossier, product in zip((first, second), made["products"], strict=True):
        for identity in (made["id"], product["decision_id"]):
            await content_of(stage, f"/decisions/{identity}/file", stage.producer(dossier), SIGNED_PDF)


async def test_a_decision_without_a_file_and_one_that_is_not_there_answer_alike(
    stage: Any, district_chair: Any
) -> None:
    (dossier,) = await scored(stage, 60)
    made = await stage.ok("POST", "/decisions", district_chair, signed(dossier))
    for identity in (made["id"], new_id()):
        problem = await stage.refused(404, "GET", f"/decisions/{identity}/file", district_chair)
        assert problem["type"] == "/problems/not-found"


async def test_the_correction_that_took_the_star_back_is_read_with_the_decision_it_ended(
    stage: Any, district_chair: Any
) -> None:
    (dossier,) = await scored(stage, 60)
    made = await stage.ok("POST", "/decisions", district_chair, signed(dossier))
    await product_known(stage, dossier)
    await stage.world.move_clock("2023-07-22")
    taken = correction(basis="inspection", file_sha256=await sent(stage, district_chair, CORRECTED_PDF))
    await stage.ok("POST", f"/dossiers/{dossier}/corrections", district_chair, taken)
    producer = stage.producer(dossier)
    (product,) = (await stage.ok("GET", f"/decisions/{made['id']}", producer))["products"]
    path = f"/decisions/{product['superseded_by']}/file"
    await content_of(stage, path, producer, CORRECTED_PDF)
    strangers = people_of(stage, dossier, producer)
    for name in ("another commune", "another producer", "another district", "trade"):
        assert (await stage.world.call("GET", path, strangers[name])).status_code == 404, name


async def test_the_correction_that_changed_the_star_has_its_own_file(stage: Any, district_chair: Any) -> None:
    (dossier,) = await scored(stage, 60)
    body = signed(dossier) | {"file_sha256": await sent(stage, district_chair)}
    made = await stage.ok("POST", "/decisions", district_chair, body)
    await product_known(stage, dossier)
    await stage.world.move_clock("2023-07-22")
    changed = correction(star=3, mean_decimal="61", file_sha256=await sent(stage, district_chair, CORRECTED_PDF))
    corrected = await stage.ok("POST", f"/dossiers/{dossier}/corrections", district_chair, changed)
    await content_of(stage, f"/decisions/{made['id']}/file", district_chair, SIGNED_PDF)
    for identity in (corrected["document_id"], corrected["new_decision_id"]):
        await content_of(stage, f"/decisions/{identity}/file", district_chair, CORRECTED_PDF)


async def test_who_reads_a_revocation_reads_its_decision_and_what_it_rests_on(case: Any) -> None:
    stage, certificate, secretary, chair = case
    made = await stage.ok(
        "POST", "/revocations", secretary, proposal(certificate, file_sha256=await sent(stage, secretary, PNG))
    )
    path = f"/revocations/{made['id']}"
    await stage.refused(404, "GET", f"{path}/file", chair)
    await content_of(stage, f"{path}/file?of=proposal", chair, PNG, "image/png")
    await stage.ok("POST", f"{path}/decision", chair, revoked(file_sha256=await sent(stage, chair)))
    own = person(Role.PRODUCER, "20791", Level.COMMUNE, producer=certificate.producer_id)
    people = {
        "producer": own,
        "another producer": person(Role.PRODUCER, "20791", Level.COMMUNE, producer=new_id()),
        "commune": stage.office(Role.COMMUNE_OFFICER, "20791", "commune"),
        "another commune": stage.office(Role.COMMUNE_OFFICER, "20792", "commune"),
        "secretary": secretary,
        "chair": chair,
        "another province": stage.office(Role.PROVINCE_CHAIR, "01", "province"),
        "centre": stage.office(Role.NATIONAL_OFFICER, "VN", "central"),
        "auditor": stage.office(Role.AUDITOR, "48", "province"),
        "trade": stage.office(Role.TRADE_OFFICER, "48", "province"),
    }
    circle = {"producer", "commune", "secretary", "chair", "centre", "auditor"}
    assert readers(await statuses(stage, path, people)) == circle
    for name, actor in people.items():
        status = (await stage.world.call("GET", f"{path}/file?of=proposal", actor)).status_code
        assert status == (200 if name in circle else 404), name
    assert (await stage.world.call("GET", f"{path}/file")).status_code == 401
    await content_of(stage, f"{path}/file", own, SIGNED_PDF)
