"""Cleaning: what nobody waits for or uses goes; what is used, or about to be, stays, in every order of events."""

import asyncio
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.evaluation.api.test_uploads import begun, head, patch
from tests.evaluation.documents.conftest import SIGNED_PDF
from tests.evaluation.files import paper
from tests.evaluation.worlds import PDF, World, producer_of

from evaluation.integrations.files import FileStore, in_hand
from evaluation.persistence.content_cleaning import referring_columns
from evaluation.persistence.tables import Base
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.tasks import TASKS
from evaluation.tasks.cleaning import Resources
from evaluation.use_cases.keep_content import note_content
from shared.ids import new_id
from shared.tasks.declarations import TaskContext

KEPT = timedelta(days=30)
OWN = {"evidence_files", "evidence_uploads", "uploads", "content_removals"}
"""Tables that name contents without using them."""


@pytest.fixture
async def world(fresh_world: World) -> World:
    return fresh_world


def context(world: World) -> TaskContext[EvaluationUow]:
    return TaskContext(world.database, EvaluationUow, Resources(FileStore.open(world.files.as_uri()), KEPT))


async def sweep(world: World, task: str) -> int:
    """One turn of the sweep of this task, and the task for each id it found."""
    found = next(sweep for sweep in TASKS.sweeps if sweep.task == task)
    async with EvaluationUow.open(world.database) as uow:
        ids = await found.find(uow)
    for row_id in ids:
        await TASKS.tasks[task].run(context(world), row_id)
    return len(ids)


async def clean(world: World) -> None:
    await sweep(world, "forget_unused_contents")
    await sweep(world, "remove_unused_content")


def place(world: World, digest: str) -> Path:
    return world.files / "evidence" / digest[:2] / digest[2:4] / digest


async def sent(world: World, content: bytes, product: object = None) -> str:
    """A content that was sent long ago."""
    digest = hashlib.sha256(content).hexdigest()
    actor = producer_of(product or world.product())  # type: ignore[arg-type]  # a summary
    assert (await world.call("PUT", f"/evidence-files/{digest}", actor, content=content)).status_code == 201
    await grow_old(world, digest)
    return digest


async def grow_old(world: World, digest: str) -> None:
    async with world.database.session() as session:
        for statement in (
            "UPDATE evidence_files SET stored_at = now() - interval '31 days' WHERE sha256 = :s",
            "UPDATE evidence_uploads SET uploaded_at = now() - interval '31 days' WHERE sha256 = :s",
        ):
            await session.execute(text(statement), {"s": digest})
    os.utime(place(world, digest), (0, 0))


async def known(world: World, digest: str) -> bool:
    async with world.database.session() as session:
        return bool(await session.scalar(text("SELECT true FROM evidence_files WHERE sha256 = :s"), {"s": digest}))


async def test_a_content_that_nothing_uses_goes_after_its_days(world: World) -> None:
    young, old = paper(1000, b"young"), await sent(world, paper(1000, b"old"))
    fresh = hashlib.sha256(young).hexdigest()
    await world.call("PUT", f"/evidence-files/{fresh}", producer_of(world.product()), content=young)
    await clean(world)
    assert (await known(world, old), place(world, old).exists()) == (False, False)
    assert (await known(world, fresh), place(world, fresh).exists()) == (True, True)


async def test_a_content_in_a_dossier_or_a_document_stays(world: World) -> None:
    product = world.product()
    await world.filled(product)
    used, signed = hashlib.sha256(PDF).hexdigest(), await sent(world, SIGNED_PDF)
    await grow_old(world, used)
    async with world.database.session() as session:
        document = {"d": new_id(), "s": signed, "p": new_id()}
        await session.execute(
            text(
                "INSERT INTO documents (id, kind, subject_id, revision, template_version, template_hash, data,"
                " data_hash, made_by) VALUES (:d, 'minutes', :p, 1, '1', 'x', '{}', 'x', :p)"
            ),
            document,
        )
        await session.execute(
            text("INSERT INTO document_files (document_id, format, sha256, size) VALUES (:d, 'signed', :s, 10)"),
            document,
        )
    await clean(world)
    for digest in (used, signed):
        assert (await known(world, digest), place(world, digest).exists()) == (True, True)


async def test_a_content_sent_again_is_young_again(world: World) -> None:
    content = paper(1000)
    digest = await sent(world, content)
    await world.call("PUT", f"/evidence-files/{digest}", producer_of(world.product()), content=content)
    await clean(world)
    assert (await known(world, digest), place(world, digest).exists()) == (True, True)


async def test_a_content_sent_again_between_the_two_steps_stays(world: World) -> None:
    content = paper(1000)
    digest = await sent(world, content)
    await sweep(world, "forget_unused_contents")
    assert (await known(world, digest), place(world, digest).exists()) == (False, True)
    await world.call("PUT", f"/evidence-files/{digest}", producer_of(world.product()), content=content)
    os.utime(place(world, digest), (0, 0))
    assert await sweep(world, "remove_unused_content") == 1
    assert (await known(world, digest), place(world, digest).read_bytes()) == (True, content)
    assert await sweep(world, "remove_unused_content") == 0


async def test_bytes_removed_while_they_were_sent_again_are_put_anew(world: World) -> None:
    content = paper(1000)
    digest, store = await sent(world, content), FileStore.open(world.files.as_uri())
    await sweep(world, "forget_unused_contents")
    with in_hand(content) as received:
        await store.put(received)  # the sender's first step
        os.utime(place(world, digest), (0, 0))
        await sweep(world, "remove_unused_content")
        assert not place(world, digest).exists()
        async with EvaluationUow.open(world.database) as uow:  # his second
            await note_content(uow, store, received, "pdf", new_id())
    assert (await known(world, digest), place(world, digest).read_bytes()) == (True, content)


async def test_bytes_just_put_are_left_alone(world: World) -> None:
    digest = await sent(world, paper(1000))
    place(world, digest).touch()
    await clean(world)
    assert place(world, digest).exists()
    os.utime(place(world, digest), (0, 0))
    await sweep(world, "remove_unused_content")
    assert not place(world, digest).exists()


async def test_attaching_and_cleaning_at_once_end_in_one_of_two_right_ways(world: World) -> None:
    product = world.product()
    actor, draft = producer_of(product), await world.drafted(product)
    path, attached, gone = f"/dossiers/{draft['id']}/evidence", 0, 0
    for number in range(20):
        digest = await sent(world, paper(500, bytes([number])), product)
        body = {"file_sha256": digest, "name": f"Giấy {number}", "criteria": ["1.a"]}
        answer, _ = await asyncio.gather(world.call("POST", path, actor, body), clean(world))
        if answer.status_code == 201:
            attached += 1
            assert (await known(world, digest), place(world, digest).exists()) == (True, True)
        else:
            gone += 1
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_file")
            assert not await known(world, digest)
    assert attached + gone == 20


async def test_whoever_attaches_first_makes_the_cleaning_pass_by(world: World) -> None:
    product = world.product()
    draft, digest = await world.drafted(product), await sent(world, paper(1000), product)
    async with EvaluationUow.open(world.database) as attaching:
        assert await attaching.evidence.may_attach(digest, producer_of(product), product.producer_id)
        await sweep(world, "forget_unused_contents")
        assert await known(world, digest)
        await attaching.session.execute(
            text("INSERT INTO evidence (id, dossier_id, file_sha256, name, attached_by) VALUES (:i, :d, :s, 'x', :i)"),
            {"i": new_id(), "d": UUID(draft["id"]), "s": digest},
        )
    await clean(world)
    assert (await known(world, digest), place(world, digest).exists()) == (True, True)


async def test_an_expired_upload_goes_with_its_bytes_and_one_that_goes_on_stays(world: World) -> None:
    actor = producer_of(world.product())
    old, new = await begun(world, actor, len(PDF)), await begun(world, actor, len(PDF))
    for path in (old, new):
        assert (await patch(world, actor, path, 0, PDF[:20])).status_code == 204
    async with world.database.session() as session:
        await session.execute(
            text("UPDATE uploads SET expires_at = now() - interval '1 s' WHERE id = :u"), {"u": old.rsplit("/", 1)[1]}
        )
    assert (await head(world, actor, old)).status_code == 410
    assert (await patch(world, actor, old, 20, PDF[20:])).status_code == 410
    assert await sweep(world, "drop_expired_upload") == 1
    assert (await head(world, actor, old)).status_code == 404
    kept = [part.parent.name for part in (world.files / "uploads").rglob("*-*") if part.is_file()]
    assert kept == [new.rsplit("/", 1)[1]]
    assert (await patch(world, actor, new, 20, PDF[20:])).status_code == 204


def test_every_column_that_names_a_content_counts_as_a_use() -> None:
    counted = {str(column) for column in referring_columns()}
    assert {"evidence.file_sha256", "document_files.sha256", "advisory_files.file_sha256"} <= counted
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if "sha256" in column.name and table.name not in OWN:
                assert f"{table.name}.{column.name}" in counted
