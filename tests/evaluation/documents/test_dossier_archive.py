"""One zip of a whole dossier: right names, a right index, right bytes, for the right people, in flat memory."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from tests.evaluation.documents.conftest import SIGNED_PDF, Story
from tests.evaluation.files import PNG, paper
from tests.evaluation.sockets import served
from tests.evaluation.worlds import BASE, World, officer_of, producer_of

from evaluation.integrations import zip_streams
from evaluation.integrations.files import FileStore, in_hand
from evaluation.integrations.zip_streams import ZipFileEntry, archive_chunks, archive_length
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import headers_for, person

NASTY = '../../Giấy "phép" <script>\u202efdp.exe'


def unzip(content: bytes) -> zipfile.ZipFile:
    packed = zipfile.ZipFile(io.BytesIO(content))
    assert packed.testzip() is None
    return packed


async def attach(world: World, product: object, dossier: str, content: bytes, **said: object) -> str:
    actor, digest = producer_of(product), hashlib.sha256(content).hexdigest()  # type: ignore[arg-type]  # a summary
    assert (await world.call("PUT", f"/evidence-files/{digest}", actor, content=content)).status_code in (200, 201)
    body = {"file_sha256": digest, "name": "Giấy", "criteria": ["1.a"]} | said
    answer = await world.call("POST", f"/dossiers/{dossier}/evidence", actor, body)
    assert answer.status_code == 201, answer.text
    return digest


async def test_the_archive_holds_every_paper_by_criterion_and_an_index(fresh_world: World) -> None:
    product = fresh_world.product()
    actor = producer_of(product)
    draft = await fresh_world.filled(product)
    late = await attach(
        fresh_world,
        product,
        draft["id"],
        paper(1000),
        name="Chứng nhận VietGAP đợt 2",
        criteria=["2.a"] if "2.a" in str(draft) else ["1.b"],
        issuer="Sở Nông nghiệp (thử)",
        number="12/CN",
        issued_on="2022-03-01",
        expires_on="2024-03-01",
    )
    await attach(fresh_world, product, draft["id"], PNG, name=NASTY)
    await attach(fresh_world, product, draft["id"], PNG, name="Ảnh ấy lần nữa")
    answer = await fresh_world.call("GET", f"/dossiers/{draft['id']}/archive", actor)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-length"] == str(len(answer.content))
    assert 'filename="ho-so-nuoc-mam-cua-khe-thu-2023-' in answer.headers["content-disposition"]
    packed = unzip(answer.content)
    names = packed.namelist()
    assert names[:2] == ["index.html", "index.json"]
    assert len(names) == 2 + 3, "a content that two papers share is there once"
    assert all(name.isascii() and ".." not in name and not name.startswith("/") for name in names)
    assert not any(name.endswith(".exe") or "exe." in name.replace("fdp-exe", "") for name in names)
    assert any(name.endswith("_chung-nhan-vietgap-dot-2.pdf") for name in names)
    index = json.loads(packed.read("index.json"))
    assert len(index["papers"]) == 4
    for told in index["papers"]:
        assert hashlib.sha256(packed.read(told["path"])).hexdigest() == told["sha256"]
    said = next(told for told in index["papers"] if told["sha256"] == late)
    assert (said["issuer"], said["number"]) == ("Sở Nông nghiệp (thử)", "12/CN")
    assert (said["issued_on"], said["expires_on"]) == ("2022-03-01", "2024-03-01")
    page = packed.read("index.html").decode()
    assert "Minh chứng (4)" in page
    assert "<script" not in page
    assert "http" not in page, "the page opens offline"
    assert all(f'href="{told["path"]}"' in page for told in index["papers"])
    again = await fresh_world.call("GET", f"/dossiers/{draft['id']}/archive", actor)
    assert again.content == answer.content


async def test_the_archive_is_for_who_sees_the_dossier_and_shows_no_more_of_it(fresh_world: World) -> None:
    product = fresh_world.product()
    draft = await fresh_world.filled(product)
    path = f"/dossiers/{draft['id']}/archive"
    officer = officer_of(product)
    assert (await fresh_world.call("GET", path, officer)).status_code == 404
    assert (await fresh_world.call("POST", f"/dossiers/{draft['id']}/filing", producer_of(product))).status_code == 201
    people = {
        "officer": (officer, True),
        "secretary": (person(Role.DISTRICT_SECRETARY, "511", Level.DISTRICT), True),
        "chair": (person(Role.DISTRICT_CHAIR, "511", Level.DISTRICT), False),
        "auditor": (person(Role.AUDITOR, "49", Level.PROVINCE), False),
    }
    for actor, personal in people.values():
        answer = await fresh_world.call("GET", path, actor)
        assert answer.status_code == 200
        index = unzip(answer.content).read("index.json").decode()
        assert ("0235 000 000" in index, "htx@example.test" in index) == (personal, personal)
        assert (str(actor.person_id), "dossier_archived") in await fresh_world.audited(draft["id"])
    assert (str(producer_of(product).person_id), "dossier_archived") not in await fresh_world.audited(draft["id"])
    strangers = [
        producer_of(fresh_world.product()),
        person(Role.DISTRICT_SECRETARY, "512", Level.DISTRICT),
        person(Role.COUNCIL_MEMBER, "49", Level.PROVINCE),
    ]
    for actor in strangers:
        assert (await fresh_world.call("GET", path, actor)).status_code == 404
    assert (await fresh_world.call("GET", path)).status_code == 401
    assert (await fresh_world.call("GET", f"/dossiers/{new_id()}/archive", officer)).status_code == 404


async def test_signed_documents_go_along_and_drafts_do_not(story: Story) -> None:
    await story.file()
    await story.report()
    report = await story.make("commune_report", story.dossier, story.officer)
    path = f"/dossiers/{story.dossier}/archive"
    before = unzip((await story.world.call("GET", path, story.officer)).content)
    assert not [name for name in before.namelist() if name.startswith("van-ban/")]
    digest = hashlib.sha256(SIGNED_PDF).hexdigest()
    sent = await story.world.call("PUT", f"/document-files/{digest}", story.officer, content=SIGNED_PDF)
    assert sent.status_code == 201
    signing = {"number": "12/BC-UBND", "signed_on": "2023-07-20", "signer": "Chủ tịch (thử)", "file_sha256": digest}
    await story.stage.ok("POST", f"/documents/{report['id']}/signing", story.officer, signing)
    packed = unzip((await story.world.call("GET", path, story.officer)).content)
    assert packed.read("van-ban/01_commune-report.pdf") == SIGNED_PDF
    told = json.loads(packed.read("index.json"))["documents"]
    assert [(document["number"], document["sha256"]) for document in told] == [("12/BC-UBND", digest)]


async def test_a_content_sent_before_sums_were_noted_is_summed_on_the_way(fresh_world: World) -> None:
    product = fresh_world.product()
    draft = await fresh_world.filled(product)
    async with fresh_world.database.session() as session:
        await session.execute(text("UPDATE evidence_files SET crc32 = NULL"))
    answer = await fresh_world.call("GET", f"/dossiers/{draft['id']}/archive", producer_of(product))
    assert len(unzip(answer.content).namelist()) == 3


async def test_an_archive_of_a_changed_content_breaks_off_and_never_ends_wrong(tmp_path: Path) -> None:
    store = FileStore.open(tmp_path.as_uri())
    received = in_hand(paper(1000))
    await store.put(received)
    entry = ZipFileEntry("a.pdf", 1000, received.crc32 ^ 1, sha256=received.sha256)
    with pytest.raises(OSError, match="not what was stored"):
        [chunk async for chunk in archive_chunks(store, [entry])]


async def test_an_archive_with_wide_offsets_reads_as_any_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_streams, "WIDE_FROM", 2_500)  # instead of 4 GB
    store, contents = FileStore.open(tmp_path.as_uri()), [paper(1000, bytes([n])) for n in range(5)]
    entries = []
    for number, content in enumerate(contents):
        received = in_hand(content)
        await store.put(received)
        entries.append(ZipFileEntry(f"{number}.pdf", 1000, received.crc32, sha256=received.sha256))
    whole = b"".join([chunk async for chunk in archive_chunks(store, entries)])
    assert len(whole) == archive_length(entries)
    assert b"PK\x06\x06" in whole
    packed = unzip(whole)
    assert [packed.read(name) for name in packed.namelist()] == contents


async def test_a_large_archive_streams_in_flat_memory(fresh_world: World) -> None:
    product = fresh_world.product()
    draft, actor = await fresh_world.drafted(product), producer_of(product)
    for number in range(40):
        await attach(fresh_world, product, draft["id"], paper(2_000_000, bytes([number])), name=f"Ảnh {number}")
    path, size, most = f"{BASE}/dossiers/{draft['id']}/archive", 0, 0
    async with served(fresh_world.app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        before = resident()
        async with client.stream("GET", path, headers=headers_for(actor)) as answer:
            async for chunk in answer.aiter_raw():
                size, most = size + len(chunk), max(most, resident())
    assert size == int(answer.headers["content-length"]) > 80_000_000
    assert most - before < 30_000_000


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
