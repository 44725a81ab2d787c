"""Evidence files: known by content, hostile ones refused in words, stored once, shown to few, never run."""

import hashlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from tests.evaluation.files import DOCX, JPEG, PNG, WEBP, XLSX, archive, docx, office
from tests.evaluation.worlds import BASE, PDF, World, officer_of, producer_of

from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person

MACROS = docx({"word/vbaProject.bin": b"x"})
TEMPLATE = office("word/document.xml", "wordprocessingml.template.main+xml")
BOMB = office("xl/workbook.xml", "spreadsheetml.sheet.main+xml", {"xl/sheet1.xml": b"\x00" * 60_000_000})

HOSTILE = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
    "svg after a declaration": (b'<?xml version="1.0"?>\n<svg onload="alert(1)"/>', "SVG"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
    "html with a mark": (b"\xef\xbb\xbf  <html>", "HTML"),
    "windows program": (b"MZ\x90\x00" + b"\x00" * 60, "chương trình"),
    "linux program": (b"\x7fELF\x02\x01" + b"\x00" * 60, "chương trình"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "chương trình"),
    "zip": (archive({"a.txt": b"x"}), "Tệp nén"),
    "broken zip": (b"PK\x03\x04" + b"\x00" * 40, "Tệp nén"),
    "macros": (MACROS, "macro"),
    "word template": (TEMPLATE, "Tệp nén"),
    "zip bomb": (BOMB, "quá lớn"),
    "pdf that runs": (b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert(1)) >>\n%%EOF", "mã chạy"),
    "pdf cut off": (b"%PDF-1.7\n1 0 obj", "cắt cụt"),
    "page with a pdf behind it": (b"<html>%PDF-1.4 %%EOF", "HTML"),
    "gif": (b"GIF89a" + b"\x00" * 20, "image/gif"),
    "rar": (b"Rar!\x1a\x07\x01\x00" + b"\x00" * 20, "rar"),
    "text": (b"xin ch\xc3\xa0o", "Không nhận ra"),
    "nothing": (b"", "rỗng"),
}


async def put(world: World, content: bytes, digest: str | None = None, **headers: str):  # type: ignore[no-untyped-def]  # an httpx answer
    product = world.product()
    digest = digest or hashlib.sha256(content).hexdigest()
    return await world.call("PUT", f"/evidence-files/{digest}", producer_of(product), content=content, headers=headers)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "pdf"), (PNG, "png"), (JPEG, "jpeg"), (WEBP, "webp"), (DOCX, "docx"), (XLSX, "xlsx")],
)
async def test_papers_are_taken_whatever_the_header_says(world: World, content: bytes, kind: str) -> None:
    answer = await put(world, content, **{"Content-Type": "text/html"})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["kind"], answer.json()["size"]) == (kind, len(content))
    digest = hashlib.sha256(content).hexdigest()
    assert (world.files / "evidence" / digest[:2] / digest[2:4] / digest).read_bytes() == content
    assert (await put(world, content)).status_code == 200


@pytest.mark.parametrize("what", HOSTILE)
async def test_hostile_files_are_refused_in_words_and_not_kept(world: World, what: str) -> None:
    content, words = HOSTILE[what]
    answer = await put(world, content, **{"Content-Type": "application/pdf"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/problems/file-refused"
    assert words in answer.json()["detail"]
    assert "PDF, PNG, JPEG, WEBP, DOCX, XLSX" in answer.json()["detail"]
    digest = hashlib.sha256(content).hexdigest()
    assert not (world.files / "evidence" / digest[:2] / digest[2:4] / digest).exists()


async def test_a_content_damaged_on_the_way_is_refused(world: World) -> None:
    answer = await put(world, PDF, hashlib.sha256(b"other").hexdigest())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "hash_mismatch"
    assert answer.json()["received"] == hashlib.sha256(PDF).hexdigest()
    assert (await put(world, PDF, "zz")).status_code == 422
    assert (await put(world, PDF, "../../../etc/passwd")).status_code in (404, 422)


async def test_a_large_paper_is_taken_where_json_would_not_be_and_a_larger_one_is_not(world: World) -> None:
    scan = b"%PDF-1.4\n" + b"\x00" * 19_000_000 + b"\n%%EOF"
    assert (await put(world, scan)).status_code == 201
    too_large = b"%PDF-1.4\n" + b"\x00" * 20_000_000 + b"\n%%EOF"
    assert (await put(world, too_large)).status_code == 413

    async def in_chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(too_large), 1_000_000):
            yield too_large[at : at + 1_000_000]

    product = world.product()
    chunked = await world.client.put(
        f"{BASE}/evidence-files/{hashlib.sha256(too_large).hexdigest()}",
        content=in_chunks(),
        headers=headers_for(producer_of(product)),
    )
    assert chunked.status_code == 413
    assert chunked.headers["content-type"].startswith("application/problem+json")
    draft = await world.drafted(product)
    form = {"unit_name": "x" * 1_100_000}
    path = f"/dossiers/{draft['id']}/registration-form"
    assert (await world.call("PUT", path, producer_of(product), form, version=1)).status_code == 413


async def test_only_a_producer_sends_files(world: World) -> None:
    digest = hashlib.sha256(PDF).hexdigest()
    officer = officer_of(world.product())
    assert (await world.call("PUT", f"/evidence-files/{digest}", officer, content=PDF)).status_code == 403
    assert (await world.call("PUT", f"/evidence-files/{digest}", None, content=PDF)).status_code == 401


async def test_a_file_is_shown_to_who_sees_a_dossier_that_uses_it_and_never_run(world: World) -> None:
    product = world.product(district_code="514")
    secret = PDF.replace(b"Catalog", b"Catalog /X /Secret1")
    digest = hashlib.sha256(secret).hexdigest()
    path = f"/evidence-files/{digest}"
    actor = producer_of(product)
    secretary = person(Role.DISTRICT_SECRETARY, "514", Level.DISTRICT)
    assert (await world.call("PUT", path, actor, content=secret)).status_code == 201
    assert (await world.call("GET", path, actor)).status_code == 404
    draft = await world.filled(product)
    body = {"file_sha256": digest, "name": "Giấy mật", "criteria": ["1.a"], "issued_on": "2023-01-01"}
    attached = await world.call("POST", f"/dossiers/{draft['id']}/evidence", actor, body)
    assert attached.status_code == 201, attached.text
    shown = await world.call("GET", path, actor)
    assert (shown.status_code, shown.content) == (200, secret)
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-type"] == "application/pdf"
    assert (await world.call("GET", path, secretary)).status_code == 404
    await world.call("POST", f"/dossiers/{draft['id']}/filing", actor)
    assert (await world.call("GET", path, secretary)).status_code == 200
    for stranger in (producer_of(world.product()), person(Role.DISTRICT_SECRETARY, "515", Level.DISTRICT)):
        assert (await world.call("GET", path, stranger)).status_code == 404
    assert (await world.call("GET", path)).status_code == 401


async def test_knowing_a_hash_is_not_having_the_paper(world: World) -> None:
    owner, thief = world.product(), world.product()
    secret = PDF.replace(b"Catalog", b"Catalog /X /Secret2")
    digest = hashlib.sha256(secret).hexdigest()
    await world.call("PUT", f"/evidence-files/{digest}", producer_of(owner), content=secret)
    draft = await world.drafted(thief)
    body = {"file_sha256": digest, "name": "Của người khác", "criteria": ["1.a"]}
    answer = await world.call("POST", f"/dossiers/{draft['id']}/evidence", producer_of(thief), body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_file"


async def test_faults_of_a_paper_come_all_at_once(world: World) -> None:
    product = world.product()
    draft = await world.drafted(product)
    body = {
        "file_sha256": "0" * 64,
        "name": "Giấy",
        "criteria": ["1.a", "nowhere", "9.9"],
        "issued_on": "2023-02-01",
        "expires_on": "2023-01-01",
    }
    answer = await world.call("POST", f"/dossiers/{draft['id']}/evidence", producer_of(product), body)
    assert {fault["field"] for fault in answer.json()["errors"]} == {
        "file_sha256",
        "criteria[1]",
        "criteria[2]",
        "expires_on",
    }


async def test_an_upload_holds_no_transaction_while_its_bytes_come(world: World) -> None:
    open_transactions: list[int] = []
    idle = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"

    async def slowly() -> AsyncIterator[bytes]:
        yield PDF[:10]
        async with world.database.session() as session:
            count = await session.scalar(text(idle))
        open_transactions.append(count or 0)
        yield PDF[10:]

    digest = hashlib.sha256(PDF).hexdigest()
    answer = await world.client.put(
        f"{BASE}/evidence-files/{digest}", content=slowly(), headers=headers_for(producer_of(world.product()))
    )
    assert answer.status_code in (200, 201)
    assert open_transactions == [0]


async def test_a_store_that_cannot_keep_a_file_answers_503_and_no_row_is_written(fresh_world: World) -> None:
    (fresh_world.files / "evidence").write_text("a file where the folder should be")
    digest = hashlib.sha256(PDF).hexdigest()
    path, product = f"/evidence-files/{digest}", fresh_world.product()
    answer = await fresh_world.call("PUT", path, producer_of(product), content=PDF)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    async with fresh_world.database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM evidence_files")) == 0
    (fresh_world.files / "evidence").unlink()
    assert (await fresh_world.call("PUT", path, producer_of(product), content=PDF)).status_code == 201


async def test_a_dossier_takes_so_many_papers_and_no_more(fresh_world: World) -> None:
    product, most = fresh_world.product(), fresh_world.app.state.settings.dossier_papers
    assert most >= 500
    draft, actor = await fresh_world.drafted(product), producer_of(product)
    digest = hashlib.sha256(PDF).hexdigest()
    await fresh_world.call("PUT", f"/evidence-files/{digest}", actor, content=PDF)
    async with fresh_world.database.session() as session:
        await session.execute(
            text(
                "INSERT INTO evidence (id, dossier_id, file_sha256, name, criteria, attached_by)"
                " SELECT gen_random_uuid(), :d, :s, 'Giấy ' || n, '{1.a}', :d FROM generate_series(1, :n) n"
            ),
            {"d": draft["id"], "s": digest, "n": most - 1},
        )
    path, body = f"/dossiers/{draft['id']}/evidence", {"file_sha256": digest, "criteria": ["1.a"]}
    last = await fresh_world.call("POST", path, actor, body | {"name": "Giấy cuối"})
    assert (last.status_code, len(last.json()["evidence"])) == (201, most)
    more = await fresh_world.call("POST", path, actor, body | {"name": "Thêm"}, headers={"Accept-Language": "en"})
    assert (more.status_code, more.json()["type"]) == (409, "/problems/too-many-papers")
    assert str(most) in more.json()["detail"]
