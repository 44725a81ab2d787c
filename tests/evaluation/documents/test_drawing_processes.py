"""Documents are drawn by processes of their own: the service keeps its memory, and outlives what happens to them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from tests.evaluation.documents.papers import data_of, paper_of

from evaluation.data.templates import template_for
from evaluation.domain.document_kinds import DocumentKind
from evaluation.integrations import renderer as rendering
from evaluation.integrations.documents import draw
from evaluation.integrations.renderer import DrawingFailed, Renderer
from shared.errors import Unavailable

DAY = date(2026, 6, 20)
TEMPLATE = template_for("minutes", DAY)
SCORE_SHEET = template_for("score_sheet", DAY)


@pytest.fixture
async def renderer() -> AsyncIterator[Renderer]:
    started = Renderer()
    yield started
    await started.close()


def minutes(note: str = "") -> dict[str, Any]:
    return data_of(paper_of(DocumentKind.MINUTES, note=note))


async def resting(renderer: Renderer) -> int:
    """The process that has just drawn, stopped in its tracks: the next document will not get past it."""
    await renderer.draw(TEMPLATE, minutes())
    pid = renderer._idle[-1]._process.pid
    os.kill(pid, signal.SIGSTOP)
    return pid


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(pid: int) -> None:
    limit = time.monotonic() + 10
    while runs(pid):
        assert time.monotonic() < limit, "the process still runs"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", list(DocumentKind))
async def test_another_process_draws_the_same_bytes(renderer: Renderer, kind: DocumentKind) -> None:
    template, data = template_for(kind, DAY), data_of(paper_of(kind))
    assert await renderer.draw(template, data) == draw(template, data)


async def test_others_are_served_while_documents_are_drawn(renderer: Renderer) -> None:
    gaps: list[float] = []

    async def beat() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.005)
            gaps.append(time.perf_counter() - begun)

    beating = asyncio.create_task(beat())
    papers = [data_of(paper_of(DocumentKind.SCORE_SHEET, note=f"Lần {number}")) for number in range(8)]
    begun = time.perf_counter()
    await asyncio.gather(*(renderer.draw(SCORE_SHEET, data) for data in papers))
    spent = time.perf_counter() - begun
    beating.cancel()
    assert len(gaps) > 3
    assert max(gaps) < max(0.2, spent / 2)


async def test_too_many_at_once_are_refused(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MOST_WAITING", 2)
    answers = await asyncio.gather(*(renderer.draw(TEMPLATE, minutes()) for _ in range(5)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert [one.headers for one in refused] == [{"Retry-After": "5"}] * 3
    assert await renderer.draw(TEMPLATE, minutes())


async def test_no_more_processes_than_allowed_draw_and_they_are_used_again(renderer: Renderer) -> None:
    for _ in range(2):
        await asyncio.gather(*(renderer.draw(TEMPLATE, minutes(f"Lần {number}")) for number in range(6)))
        pids = {drawer._process.pid for drawer in renderer._idle}
        assert len(pids) == len(renderer._idle) == rendering.AT_ONCE
    await renderer.draw(TEMPLATE, minutes())
    assert {drawer._process.pid for drawer in renderer._idle} == pids


async def test_a_process_that_dies_fails_one_document_only(renderer: Renderer) -> None:
    pid = await resting(renderer)
    failing = asyncio.create_task(renderer.draw(TEMPLATE, minutes("Lần 2")))
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(DrawingFailed, match=r"minutes ended with -9"):
        await failing
    assert await renderer.draw(TEMPLATE, minutes("Lần 2"))


async def test_a_process_that_died_while_nobody_asked_fails_nothing(renderer: Renderer) -> None:
    pid = await resting(renderer)
    os.kill(pid, signal.SIGKILL)
    await renderer._idle[-1]._process.wait()
    assert await renderer.draw(TEMPLATE, minutes())
    assert renderer._idle[-1]._process.pid != pid


async def test_a_process_that_hangs_is_ended_and_its_request_told_to_come_again(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = await resting(renderer)
    monkeypatch.setattr(rendering, "MOST_SECONDS", 0.1)
    with pytest.raises(Unavailable):
        await renderer.draw(TEMPLATE, minutes("Lần 2"))
    await gone(pid)
    monkeypatch.undo()
    assert await renderer.draw(TEMPLATE, minutes("Lần 2"))


async def test_an_answer_that_nobody_waits_for_any_more_is_not_given_to_the_next(renderer: Renderer) -> None:
    given_up = asyncio.create_task(renderer.draw(SCORE_SHEET, data_of(paper_of(DocumentKind.SCORE_SHEET))))
    await asyncio.sleep(0.05)
    given_up.cancel()
    assert await renderer.draw(TEMPLATE, minutes()) == draw(TEMPLATE, minutes())
    assert given_up.cancelled()


async def test_what_cannot_be_drawn_says_why_and_the_process_goes_on(renderer: Renderer) -> None:
    await renderer.draw(TEMPLATE, minutes())
    pid = renderer._idle[-1]._process.pid
    with pytest.raises(DrawingFailed, match="TypstError"):
        await renderer.draw(SCORE_SHEET, minutes())
    assert await renderer.draw(TEMPLATE, minutes())
    assert renderer._idle[-1]._process.pid == pid


async def test_a_process_that_nobody_asks_ends(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "IDLE_SECONDS", 0.1)
    await renderer.draw(TEMPLATE, minutes())
    await gone(renderer._idle[-1]._process.pid)
    assert not renderer._idle
    assert await renderer.draw(TEMPLATE, minutes())


async def test_processes_end_with_the_service(renderer: Renderer) -> None:
    await renderer.draw(TEMPLATE, minutes())
    pid = renderer._idle[-1]._process.pid
    await renderer.close()
    assert not runs(pid)


ALONE = """
import asyncio, json, os, sys
from datetime import date
from pathlib import Path
from evaluation.data.templates import template_for
from evaluation.integrations.renderer import Renderer

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

async def main():
    renderer = Renderer()
    papers = [(template_for(kind, date(2026, 6, 20)), data) for kind, data in json.load(sys.stdin).items()]
    await renderer.draw(*papers[0])
    before = resident()
    for paper in papers:
        await renderer.draw(*paper)
    environment = Path(f"/proc/{renderer._idle[0]._process.pid}/environ").read_text()
    told = {"grown": resident() - before, "typst": "typst" in sys.modules, "environment": environment}
    print(json.dumps(told | {"pid": renderer._idle[0]._process.pid}), flush=True)
    os._exit(0)  # as if killed: nothing is closed

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_the_service_keeps_its_memory_its_secrets_and_no_orphans() -> None:
    papers = {kind.value: data_of(paper_of(kind)) for kind in DocumentKind}
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", ALONE],
        input=json.dumps(papers).encode(),
        capture_output=True,
        check=True,
        env=os.environ | {"EVALUATION_DATABASE_URL": "postgresql://somebody:secret@nowhere/none"},
    )
    told = json.loads(ran.stdout)
    assert not told["typst"]
    assert told["grown"] < 5, "MiB"
    assert "secret" not in told["environment"]
    await gone(told["pid"])
