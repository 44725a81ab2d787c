"""The supervisor with tiny services: restarts, orders of stopping, reports of failure, no orphans."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from deploy.local.supervisor import Child, ChildFailed, Supervisor

MAIN = """
import os

def create_app():
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        body = str(os.getpid()).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})
    return app
"""
WORKER = """
import os, pathlib, signal, time

def run():
    folder = pathlib.Path(os.environ["STANDIN_FOLDER"])
    def stop(*_):
        (folder / "stopped").touch()
        raise SystemExit(0)
    signal.signal(signal.SIGTERM, stop)
    (folder / "started").write_text(str(os.getpid()))
    time.sleep(600)
"""
STUBBORN = """
import os, pathlib, signal, time

def run():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (pathlib.Path(os.environ["STANDIN_FOLDER"]) / "started").touch()
    time.sleep(600)
"""
BROKEN = "raise RuntimeError('BROKEN_DATABASE_URL is not set')\n"


def alive(pid: int) -> bool:
    """Whether the process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it comes true in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if holds():
            return True
        await asyncio.sleep(0.02)
    return False


def soon(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """The same without a loop."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if holds():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny services, where children find them."""
    folder = tmp_path_factory.mktemp("packages")
    for name, part, text in [
        ("standin", "main", MAIN),
        ("standin", "worker", WORKER),
        ("stubborn", "worker", STUBBORN),
        ("broken", "load", BROKEN),
        ("broken", "worker", BROKEN),
    ]:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / f"{part}.py").write_text(text)
    return folder


@pytest.fixture
async def supervisor(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Supervisor]:
    """A supervisor whose children find the tiny services."""
    monkeypatch.syspath_prepend(str(packages))  # children inherit the path
    made = Supervisor(tmp_path / "logs", {**os.environ, "STANDIN_FOLDER": str(tmp_path)})
    yield made
    await made.stop(grace=1)


@pytest.fixture
async def listener() -> AsyncIterator[socket.socket]:
    """A listener that outlives the children that serve it."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.setblocking(False)
        yield made


async def ask(listener: socket.socket) -> int:
    """The process that answers on the listener."""
    async with httpx.AsyncClient(timeout=20) as client:
        return int((await client.get(f"http://127.0.0.1:{listener.getsockname()[1]}/")).text)


async def test_a_killed_api_comes_back_and_callers_wait_instead_of_failing(
    supervisor: Supervisor, listener: socket.socket
) -> None:
    await supervisor.keep(Child("standin-api", "serve_api", ("standin", listener)))
    first = await ask(listener)
    os.kill(first, signal.SIGKILL)
    second = await ask(listener)
    assert second != first
    assert not alive(first)


async def test_a_worker_is_asked_to_stop_and_given_the_time(supervisor: Supervisor, tmp_path: Path) -> None:
    await supervisor.keep(Child("standin-worker", "run_worker", ("standin",)))
    assert await eventually((tmp_path / "started").exists)
    await supervisor.stop(["standin-worker"], grace=10)
    assert (tmp_path / "stopped").exists()


async def test_a_child_that_does_not_stop_is_killed_when_its_time_is_over(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    await supervisor.keep(Child("stubborn-worker", "run_worker", ("stubborn",)))
    assert await eventually((tmp_path / "started").exists)
    began = time.monotonic()
    await supervisor.stop(grace=0.3)
    assert 0.3 <= time.monotonic() - began < 5


async def test_a_failing_loader_is_reported_with_the_end_of_its_log(supervisor: Supervisor) -> None:
    with pytest.raises(ChildFailed, match=r"(?s)broken-load ended with code 1.*BROKEN_DATABASE_URL is not set"):
        await supervisor.run(Child("broken-load", "load", ("broken",)))


async def test_a_child_that_keeps_dying_is_an_error_while_starting(supervisor: Supervisor) -> None:
    await supervisor.keep(Child("broken-worker", "run_worker", ("broken",)))

    def given_up() -> bool:
        try:
            supervisor.refuse_dying(2)
        except ChildFailed as failed:
            return "BROKEN_DATABASE_URL" in str(failed)
        return False

    assert await eventually(given_up)


async def test_children_run_in_sessions_of_their_own(supervisor: Supervisor, tmp_path: Path) -> None:
    """Ctrl-C at the terminal must reach the supervisor alone."""
    await supervisor.keep(Child("standin-worker", "run_worker", ("standin",)))
    assert await eventually(lambda: (tmp_path / "started").exists() and bool((tmp_path / "started").read_text()))
    assert os.getsid(int((tmp_path / "started").read_text())) != os.getsid(0)


async def test_no_child_is_forked_while_a_thread_is_at_work(supervisor: Supervisor) -> None:
    """It would have the thread's locks, and nobody to free them."""
    finish = threading.Event()
    thread = asyncio.create_task(supervisor.in_thread(finish.wait, 30))
    forking = asyncio.create_task(supervisor.keep(Child("standin-worker", "run_worker", ("standin",))))
    await asyncio.sleep(0.2)
    assert not forking.done()
    finish.set()
    assert await thread
    await forking


@pytest.mark.fault
def test_kill_9_of_the_supervisor_leaves_no_child_behind(packages: Path, tmp_path: Path) -> None:
    script = (
        "import asyncio, os, sys; from pathlib import Path\n"
        "from deploy.local.supervisor import Child, Supervisor\n"
        "async def main():\n"
        "    supervisor = Supervisor(Path(sys.argv[1]), dict(os.environ))\n"
        "    await supervisor.keep(Child('standin-worker', 'run_worker', ('standin',)))\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(packages), "STANDIN_FOLDER": str(tmp_path)}
    owner = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "logs")], env=environment)
    started = tmp_path / "started"
    try:
        assert soon(lambda: started.exists() and bool(started.read_text()))
    finally:
        owner.kill()
        owner.wait()
    child = int(started.read_text())
    assert soon(lambda: not alive(child))
    assert (tmp_path / "stopped").exists(), "it was asked to stop, not cut off"
