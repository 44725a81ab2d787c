"""The whole local system as `make run` starts it: ready, healing after kills, stopping without a trace."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from deploy.local.memory import proportional_mib, tree

pytestmark = pytest.mark.fault

OURS = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "OCOP_PUBLIC_URL", "OCOP_FILES_URL", "OCOP_ENVIRONMENT")


@dataclass(frozen=True)
class Running:
    """A system that was started: its process, address, home and terminal."""

    process: "subprocess.Popen[bytes]"
    url: str
    home: Path
    terminal: Path


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it comes true in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if holds():
            return True
        time.sleep(0.05)
    return False


def start(home: Path, port: int, terminal: Path) -> "subprocess.Popen[bytes]":
    """`python -m deploy.local` as a person would run it."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    with terminal.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            env={**environment, "OCOP_HOME": str(home), "OCOP_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A system on a free port, stopped at the end."""
    folder = tmp_path_factory.mktemp("local-system")
    terminal = folder / "terminal"
    process = start(folder / "home", 0, terminal)
    try:
        up = eventually(lambda: "Ctrl-C stops it" in terminal.read_text() or process.poll() is not None, 120)
        said = terminal.read_text()
        assert up, said
        assert process.poll() is None, said
        address = re.search(r"Home +(http://localhost:\d+)/", said)
        assert address, said
        yield Running(process, address.group(1), folder / "home", terminal)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def processes(system: Running) -> dict[str, int]:
    """The processes of the system by name (one of each)."""
    found = {}
    for pid in reversed(tree(system.process.pid)):
        try:
            found[Path(f"/proc/{pid}/comm").read_text().strip()] = pid
        except FileNotFoundError:
            continue
    return found


def ready(system: Running) -> bool:
    """Whether the origin says so."""
    try:
        return httpx.get(f"{system.url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_it_is_ready_when_it_says_so(system: Running) -> None:
    reply = httpx.get(f"{system.url}/readyz")
    assert reply.status_code == 200, reply.text
    assert set(reply.json()["services"]) == {"registry", "evaluation", "commerce", "notifier"}
    assert httpx.get(f"{system.url}/openapi.json", timeout=90).json()["openapi"].startswith("3.1")


def test_it_answers_on_both_kinds_of_localhost(system: Running) -> None:
    port = urlsplit(system.url).port
    assert httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 200
    if socket.has_ipv6:
        assert httpx.get(f"http://[::1]:{port}/livez").status_code == 200


def test_a_mail_is_kept_instead_of_sent(system: Running) -> None:
    server = re.search(r"smtp://127\.0\.0\.1:(\d+)", system.terminal.read_text())
    assert server
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ocop@example.org", "xa@example.org", "Nhắc hạn báo cáo quý"
    message.set_content("Còn 3 ngày.")
    with smtplib.SMTP("127.0.0.1", int(server.group(1)), timeout=10) as smtp:
        smtp.send_message(message)
    mails = [path.read_text() for path in (system.home / "mail").glob("*.eml")]
    assert any("X-Envelope-To: xa@example.org" in mail for mail in mails)


def test_passwords_are_readable_by_their_owner_only(system: Running) -> None:
    for name in ("passwords.json", "postgres/password", "valkey/password"):
        assert (system.home / name).stat().st_mode & 0o077 == 0, name


@pytest.mark.parametrize("victim", ["registry-api", "registry-worker", "origin", "valkey-server", "postgres"])
def test_kill_9_of_any_part_heals_by_itself(system: Running, victim: str) -> None:
    before = processes(system)[victim]
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: processes(system).get(victim, before) != before), system.terminal.read_text()
    assert eventually(lambda: ready(system)), system.terminal.read_text()


def test_a_second_system_in_the_same_home_is_refused_in_words(system: Running, tmp_path: Path) -> None:
    terminal = tmp_path / "terminal"
    assert start(system.home, 0, terminal).wait(30) == 1
    assert "Another system runs in" in terminal.read_text()
    assert ready(system)


def test_a_taken_port_is_said_in_words(system: Running, tmp_path: Path) -> None:
    terminal = tmp_path / "terminal"
    port = urlsplit(system.url).port
    assert port
    assert start(tmp_path / "home", port, terminal).wait(30) == 1
    assert f"Port {port} is taken by another program" in terminal.read_text()


def test_stopping_leaves_no_process_and_no_port(system: Running) -> None:
    """Last in the file: it ends the module's system."""
    everything = tree(system.process.pid)
    assert len(everything) > 15
    system.process.send_signal(signal.SIGINT)
    assert system.process.wait(60) == 0, system.terminal.read_text()
    assert eventually(lambda: not any(proportional_mib(pid) for pid in everything), 5)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{system.url}/livez", timeout=2)
