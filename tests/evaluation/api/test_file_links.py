"""Links for a few minutes, in a folder and in S3; and that everything about files works the same in S3."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from tests.evaluation.api.test_uploads import begun, patch
from tests.evaluation.files import paper
from tests.evaluation.s3_simulator import S3Simulator
from tests.evaluation.sockets import served
from tests.evaluation.worlds import PDF, World, officer_of, opened, producer_of

from evaluation.integrations.files import FileStore
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.clean_contents import remove_content
from shared.ids import new_id


@pytest.fixture
async def s3() -> AsyncIterator[tuple[S3Simulator, int]]:
    simulator = S3Simulator()
    async with served(simulator.app) as port:
        yield simulator, port


@pytest.fixture
async def s3_world(
    admin_url: str,
    rules_template: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    s3: tuple[S3Simulator, int],
) -> AsyncIterator[World]:
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3[1]}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with opened(admin_url, rules_template, tmp_path, "s3://b/ocop") as made:
        yield made


DIGEST = hashlib.sha256(PDF).hexdigest()


async def test_a_link_gives_the_content_without_a_token_as_a_download(world: World) -> None:
    product = world.product()
    await world.filled(product)
    answer = await world.call("GET", f"/evidence-files/{DIGEST}/link", producer_of(product))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    url = answer.json()["url"]
    assert url.startswith(world.app.state.settings.public_url)
    shown = await world.client.get(url)
    assert (shown.status_code, shown.content) == (200, PDF)
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["content-security-policy"]


async def test_a_link_is_given_to_who_sees_the_file_only(world: World) -> None:
    product = world.product()
    await world.filled(product)
    path = f"/evidence-files/{DIGEST}/link"
    assert (await world.call("GET", path, officer_of(product))).status_code in (200, 404)  # others share the content
    assert (await world.call("GET", path, producer_of(world.product()))).status_code == 404
    assert (await world.call("GET", f"/evidence-files/{'0' * 64}/link", producer_of(product))).status_code == 404
    assert (await world.call("GET", path)).status_code == 401


async def test_a_link_that_was_changed_or_whose_time_is_over_gives_nothing(world: World) -> None:
    product = world.product()
    await world.filled(product)
    url = (await world.call("GET", f"/evidence-files/{DIGEST}/link", producer_of(product))).json()["url"]
    until = httpx.URL(url).params["until"]
    for changed in (
        url.replace(DIGEST, "0" * 64),
        url.replace(f"until={until}", f"until={int(until) + 1}"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
    ):
        answer = await world.client.get(changed, headers={"Accept-Language": "en"})
        assert (answer.status_code, answer.json()["type"]) == (410, "/problems/link-invalid")
    async with world.database.session() as session:
        await session.execute(text("DELETE FROM link_keys"))
    assert (await world.client.get(url)).status_code == 410, "a new key ends all links"


async def test_everything_about_files_works_in_s3(s3_world: World, s3: tuple[S3Simulator, int]) -> None:
    simulator, _ = s3
    product = s3_world.product()
    actor, content = producer_of(product), paper(19_000_000)
    digest = hashlib.sha256(content).hexdigest()
    path = await begun(s3_world, actor, len(content))
    assert (await patch(s3_world, actor, path, 0, content[:5_000_000])).status_code == 204
    assert [key for key in simulator.objects if key.startswith("ocop/uploads/")]
    done = await patch(s3_world, actor, path, 5_000_000, content[5_000_000:])
    assert done.status_code == 204, done.text
    assert done.headers["upload-sha256"] == digest
    assert simulator.objects[f"ocop/evidence/{digest[:2]}/{digest[2:4]}/{digest}"][0] == content
    assert not [key for key in simulator.objects if key.startswith("ocop/uploads/")]
    draft = await s3_world.filled(product)
    body = {"file_sha256": digest, "name": "Ảnh lớn", "criteria": ["1.a"]}
    assert (await s3_world.call("POST", f"/dossiers/{draft['id']}/evidence", actor, body)).status_code == 201
    assert (await s3_world.call("GET", f"/evidence-files/{digest}", actor)).content == content
    url = (await s3_world.call("GET", f"/evidence-files/{digest}/link", actor)).json()["url"]
    async with httpx.AsyncClient() as client:
        shown = await client.get(url)
        unsigned = await client.get(url.partition("?")[0])
    assert (shown.status_code, shown.content, unsigned.status_code) == (200, content, 403)
    assert shown.headers["content-disposition"] == "attachment"
    assert shown.headers["content-type"] == "application/octet-stream"
    archived = await s3_world.call("GET", f"/dossiers/{draft['id']}/archive", actor)
    assert len(archived.content) == int(archived.headers["content-length"])
    assert {"multipart", "list"} <= simulator.seen
    removal = {"i": new_id(), "s": hashlib.sha256(b"unknown").hexdigest()}
    async with s3_world.database.session() as session:
        await session.execute(text("INSERT INTO content_removals (id, sha256) VALUES (:i, :s)"), removal)
    store: FileStore = s3_world.app.state.files
    await remove_content(s3_world.database, store, removal["i"])
    async with EvaluationUow.open(s3_world.database) as uow:
        assert not await uow.cleaning.waiting()
