"""Resumable uploads: tus 1.0.0 word for word, one winner at each offset, never a file cut in the middle."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.evaluation.files import paper
from tests.evaluation.worlds import BASE, PDF, World, officer_of, producer_of

from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import headers_for, person

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def sender(world: World) -> Actor:
    return producer_of(world.product())


async def begin(world: World, actor: Actor, size: int, **headers: str) -> httpx.Response:
    sent = (
        headers_for(actor) | TUS | {"Upload-Length": str(size)} | {k.replace("_", "-"): v for k, v in headers.items()}
    )
    return await world.client.post(f"{BASE}/uploads", headers=sent)


async def begun(world: World, actor: Actor, size: int, **headers: str) -> str:
    answer = await begin(world, actor, size, **headers)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def patch(world: World, actor: Actor, path: str, offset: int, data: Any, **headers: str) -> httpx.Response:
    sent = headers_for(actor) | TUS | BYTES | {"Upload-Offset": str(offset)}
    return await world.client.patch(
        path, content=data, headers=sent | {k.replace("_", "-"): v for k, v in headers.items()}
    )


async def head(world: World, actor: Actor, path: str) -> httpx.Response:
    return await world.client.head(path, headers=headers_for(actor) | TUS)


async def read(world: World, actor: Actor, path: str) -> dict[str, Any]:
    return dict((await world.client.get(path, headers=headers_for(actor))).json())


def meta(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def checksum(data: bytes, algorithm: str = "sha1") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


async def test_the_server_says_what_of_tus_it_speaks(world: World) -> None:
    answer = await world.client.options(f"{BASE}/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "checksum",
        "termination",
        "expiration",
    }
    assert (answer.headers["tus-max-size"], answer.headers["tus-checksum-algorithm"]) == ("20000000", "sha1,sha256")


async def test_a_file_in_pieces_becomes_the_same_evidence_as_a_file_in_one(world: World) -> None:
    product = world.product()
    actor, content = producer_of(product), paper(5_000_000)
    digest = hashlib.sha256(content).hexdigest()
    path = await begun(world, actor, len(content), Upload_Metadata=meta(filename="giấy phép.pdf", sha256=digest))
    at = 0
    for size in (1, 999_999, 3_000_000, 999_999, 1):
        answer = await patch(world, actor, path, at, content[at : at + size])
        at += size
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(at)), answer.text
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert ("upload-expires" in answer.headers) == (at < len(content))
    assert answer.headers["upload-sha256"] == digest
    assert (world.files / "evidence" / digest[:2] / digest[2:4] / digest).read_bytes() == content
    assert not list((world.files / "uploads").rglob(path.rsplit("/", 1)[1] + "/*"))
    stands = await read(world, actor, path)
    assert (stands["state"], stands["sha256"], stands["kind"], stands["offset"]) == ("finished", digest, "pdf", at)
    draft = await world.drafted(product)
    body = {"file_sha256": digest, "name": "Giấy phép", "criteria": ["1.a"]}
    assert (await world.call("POST", f"/dossiers/{draft['id']}/evidence", actor, body)).status_code == 201
    assert (await world.call("PUT", f"/evidence-files/{digest}", actor, content=content)).status_code == 200


async def test_the_first_bytes_may_come_along_and_the_same_key_gives_the_same_upload(world: World) -> None:
    actor = sender(world)
    headers = headers_for(actor, key=True) | TUS | BYTES | {"Upload-Length": str(len(PDF))}
    first = await world.client.post(f"{BASE}/uploads", content=PDF[:20], headers=headers)
    again = await world.client.post(f"{BASE}/uploads", content=PDF[:20], headers=headers)
    assert (first.status_code, first.headers["upload-offset"]) == (201, "20")
    assert (again.headers["location"], again.headers["upload-offset"]) == (first.headers["location"], "20")
    rest = await patch(world, actor, first.headers["location"], 20, PDF[20:])
    assert rest.headers["upload-sha256"] == hashlib.sha256(PDF).hexdigest()


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_bytes_that_do_not_sum_up_are_not_kept(world: World, algorithm: str) -> None:
    actor = sender(world)
    path = await begun(world, actor, len(PDF))
    wrong = await patch(world, actor, path, 0, PDF[:30], Upload_Checksum=checksum(b"other", algorithm))
    assert (wrong.status_code, wrong.json()["type"]) == (460, "/problems/checksum-mismatch")
    assert (await head(world, actor, path)).headers["upload-offset"] == "0"
    right = await patch(world, actor, path, 0, PDF[:30], Upload_Checksum=checksum(PDF[:30], algorithm))
    assert (right.status_code, right.headers["upload-offset"]) == (204, "30")
    strange = await patch(world, actor, path, 30, PDF[30:], Upload_Checksum="md5 AAAA")
    assert (strange.status_code, strange.json()["algorithms"]) == (400, ["sha1", "sha256"])


async def test_only_the_next_offset_is_taken(world: World) -> None:
    actor = sender(world)
    path = await begun(world, actor, len(PDF))
    assert (await patch(world, actor, path, 0, PDF[:10])).status_code == 204
    for offset in (0, 9, 11):
        answer = await patch(world, actor, path, offset, PDF[offset : offset + 5])
        assert (answer.status_code, answer.json()["type"], answer.json()["offset"]) == (
            409,
            "/problems/upload-offset",
            10,
        )
    more = await patch(world, actor, path, 10, PDF[10:] + b"x")
    assert more.status_code == 413
    asked = await head(world, actor, path)
    assert (asked.headers["upload-offset"], asked.headers["cache-control"]) == ("10", "no-store")


async def test_of_two_requests_at_once_one_is_refused_and_no_byte_is_doubled(world: World) -> None:
    actor, content = sender(world), paper(300_000)
    path = await begun(world, actor, len(content))
    going, may_end = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield content[:100_000]
        going.set()
        await may_end.wait()
        yield content[100_000:]

    first = asyncio.create_task(patch(world, actor, path, 0, slowly()))
    await going.wait()
    second = await patch(world, actor, path, 0, content)
    assert (second.status_code, second.json()["type"]) == (409, "/problems/upload-busy")
    assert second.headers["retry-after"]
    may_end.set()
    done = await first
    assert done.headers["upload-sha256"] == hashlib.sha256(content).hexdigest()


async def test_a_request_that_fell_silent_is_overtaken_and_its_late_bytes_do_not_count(world: World) -> None:
    actor, content = sender(world), paper(300_000)
    path = await begun(world, actor, len(content))
    going, may_end = asyncio.Event(), asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield content[:100_000]
        going.set()
        await may_end.wait()
        yield b"?" * 200_000

    lost = asyncio.create_task(patch(world, actor, path, 0, silent()))
    await going.wait()
    async with world.database.session() as session:
        await session.execute(text("UPDATE uploads SET leased_to = now() WHERE lease IS NOT NULL"))
    assert (await patch(world, actor, path, 0, content[:200_000])).status_code == 204
    may_end.set()
    assert (await lost).status_code == 409
    done = await patch(world, actor, path, 200_000, content[200_000:])
    assert done.headers["upload-sha256"] == hashlib.sha256(content).hexdigest()


async def test_many_racing_requests_make_one_right_file(world: World) -> None:
    actor, content = sender(world), paper(200_000)
    path = await begun(world, actor, len(content))
    at = 0
    while at < len(content):
        racing = [patch(world, actor, path, at, content[at : at + 50_000]) for _ in range(6)]
        answers = await asyncio.gather(*racing)
        assert sorted(answer.status_code for answer in answers) == [204] + [409] * 5
        at += 50_000
    stands = await read(world, actor, path)
    assert stands["sha256"] == hashlib.sha256(content[:at]).hexdigest()


async def test_a_refused_file_is_gone_with_its_bytes_and_says_why(world: World) -> None:
    actor, content = sender(world), b"%PDF-1.7\n<< /S /JavaScript >>\n%%EOF"
    path = await begun(world, actor, len(content))
    answer = await patch(world, actor, path, 0, content, Accept_Language="en")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-refused")
    assert "code that runs" in answer.json()["detail"]
    assert (await head(world, actor, path)).status_code == 410
    stands = await read(world, actor, path)
    assert (stands["state"], stands["sha256"]) == ("refused", None)
    assert "mã chạy" in stands["refusal"]
    assert not list((world.files / "uploads").rglob(path.rsplit("/", 1)[1] + "/*"))
    async with world.database.session() as session:
        found = await session.scalar(
            text("SELECT true FROM evidence_files WHERE sha256 = :s"), {"s": hashlib.sha256(content).hexdigest()}
        )
    assert found is None


@pytest.mark.parametrize("name", ["giay.pdf.exe", "giay.exe.pdf", "giay\u202efdp.exe", "../../giay.pdf", "giay.png"])
async def test_a_name_that_does_not_fit_its_content_is_refused(world: World, name: str) -> None:
    actor = sender(world)
    path = await begun(world, actor, len(PDF), Upload_Metadata=meta(filename=name))
    answer = await patch(world, actor, path, 0, PDF)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-refused")


async def test_a_file_that_is_not_the_announced_one_is_refused(world: World) -> None:
    actor = sender(world)
    path = await begun(world, actor, len(PDF), Upload_Metadata=meta(sha256="0" * 64))
    assert (await patch(world, actor, path, 0, PDF)).status_code == 422
    assert (await read(world, actor, path))["state"] == "refused"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "20000001"}, 413),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Length": "-1"}, 422),
        ({"Upload-Length": "x"}, 422),
        ({}, 400),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "filename ***"}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": meta(sha256="xyz")}, 422),
        ({"Upload-Length": "5", "Tus-Resumable": "0.2.2"}, 412),
    ],
)
async def test_a_beginning_that_makes_no_sense_is_refused(world: World, headers: dict[str, str], status: int) -> None:
    answer = await world.client.post(f"{BASE}/uploads", headers=headers_for(sender(world)) | TUS | headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"detail", "title", "status"} <= set(answer.json())


async def test_a_person_has_only_so_many_unfinished_uploads(fresh_world: World) -> None:
    actor = sender(fresh_world)
    most = fresh_world.app.state.settings.unfinished_uploads
    answers = await asyncio.gather(*(begin(fresh_world, actor, 10) for _ in range(most + 4)))
    assert sorted(answer.status_code for answer in answers) == [201] * most + [409] * 4
    refusal = next(answer for answer in answers if answer.status_code == 409)
    assert (refusal.json()["type"], refusal.json()["most"]) == ("/problems/too-many-uploads", most)
    given_up = next(answer for answer in answers if answer.status_code == 201).headers["location"]
    gone = await fresh_world.client.delete(given_up, headers=headers_for(actor) | TUS)
    assert gone.status_code == 204
    assert (await head(fresh_world, actor, given_up)).status_code == 404
    assert (await begin(fresh_world, actor, 10)).status_code == 201
    assert (await begin(fresh_world, sender(fresh_world), 10)).status_code == 201


async def test_clients_without_patch_may_post(world: World) -> None:
    actor = sender(world)
    path = await begun(world, actor, len(PDF))

    async def post(method: str | None, content: bytes = b"", **more: str) -> httpx.Response:
        sent = headers_for(actor) | TUS | BYTES | more
        return await world.client.post(
            path, content=content, headers=sent | ({"X-HTTP-Method-Override": method} if method else {})
        )

    assert (await post("PATCH", PDF[:9], **{"Upload-Offset": "0"})).headers["upload-offset"] == "9"
    assert (await post("HEAD")).headers["upload-offset"] == "9"
    assert (await post(None)).status_code == 400
    assert (await post("DELETE")).status_code == 204
    assert (await head(world, actor, path)).status_code == 404


async def test_an_end_that_a_dead_process_left_is_made_when_the_client_asks(world: World) -> None:
    actor, content = sender(world), paper(100_000)
    path = await begun(world, actor, len(content))
    assert (await patch(world, actor, path, 0, content[:60_000])).status_code == 204
    upload_id, lease = path.rsplit("/", 1)[1], new_id()
    part = world.files / "uploads" / upload_id / f"{60_000:012d}-{lease.hex}"
    part.write_bytes(content[60_000:])
    async with world.database.session() as session:
        await session.execute(
            text("INSERT INTO upload_parts (upload_id, start, size, lease) VALUES (:u, 60000, 40000, :l)"),
            {"u": upload_id, "l": lease},
        )
        await session.execute(text("UPDATE uploads SET received = size WHERE id = :u"), {"u": upload_id})
    asked = await head(world, actor, path)
    assert (asked.status_code, asked.headers["upload-sha256"]) == (200, hashlib.sha256(content).hexdigest())


async def test_a_store_that_fails_counts_nothing_and_the_client_goes_on_later(fresh_world: World) -> None:
    actor = sender(fresh_world)
    path = await begun(fresh_world, actor, len(PDF))
    (fresh_world.files / "uploads").write_text("a file where the folder should be")
    answer = await patch(fresh_world, actor, path, 0, PDF)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert (await head(fresh_world, actor, path)).headers["upload-offset"] == "0"
    (fresh_world.files / "uploads").unlink()
    assert (await patch(fresh_world, actor, path, 0, PDF)).status_code == 204


SENDERS = {
    "producer": (person(Role.PRODUCER, "20662", Level.COMMUNE, producer=new_id()), 201),
    "advisory member": (person(Role.ADVISORY_MEMBER), 201),
    "province secretary": (person(Role.PROVINCE_SECRETARY), 201),
    "trade officer": (person(Role.TRADE_OFFICER), 403),
}


@pytest.mark.parametrize("who", SENDERS)
async def test_who_may_begin_an_upload(world: World, who: str) -> None:
    actor, status = SENDERS[who]
    assert (await begin(world, actor, 10)).status_code == status


async def test_an_upload_is_its_senders_alone(world: World) -> None:
    actor = sender(world)
    path = await begun(world, actor, len(PDF))
    for other in (sender(world), officer_of(world.product())):
        assert (await head(world, other, path)).status_code == 404
        assert (await patch(world, other, path, 0, PDF)).status_code == 404
        assert (await world.client.get(path, headers=headers_for(other))).status_code == 404
        assert (await world.client.delete(path, headers=headers_for(other) | TUS)).status_code == 404
    assert (await world.client.head(path, headers=TUS)).status_code == 401
    assert (await world.client.patch(path, headers=headers_for(actor) | BYTES, content=PDF)).status_code == 412
