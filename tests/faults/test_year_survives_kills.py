"""The whole year, played against a private system whose processes are killed without warning while it runs."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from deploy.local.memory import tree

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("FAULT_SEED", "2023"))
VICTIMS = tuple(
    f"{service}-{part}" for service in ("registry", "evaluation", "commerce", "notifier") for part in ("api", "worker")
)
PAUSE_SECONDS = 4.0
EXPECTED = {
    "apparatus": 1.0,
    "officers_trained": 1.0,
    "new_producers_trained": 1.0,
    "products_supported": 14.0,
    "registered_reaching_3": 0.875,
    "four_star": 10.0,
    "organisations": 10.0,
    "food_safety_commitment": 1.0,
    "packaging_label": 1.0,
    "outlets_per_district": 18.0,
    "themed_fairs": 2.0,
    "promotion_abroad": 1.0,
    "review_conference": 1.0,
    "programme_conference": 1.0,
}
"""What an undisturbed year ends with (`make demo`)."""
DOCUMENTS = 14
"""How many PDFs the play makes: at least one of each kind."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def private_system(home: Path) -> Iterator[tuple[str, int]]:
    """A system of its own: (its origin, the supervisor's process)."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "SMTP_URL"}}
    environment |= {"OCOP_PORT": str(port), "OCOP_HOME": str(home)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (home.parent / "system.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url, process)
        yield url, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail("the private system did not start")


def kill_one(supervisor: int, chance: random.Random) -> str | None:
    """Kill -9 one API or worker; returns its name, or None when the one drawn was just being restarted."""
    name = chance.choice(VICTIMS)
    for pid in tree(supervisor):
        try:
            if Path(f"/proc/{pid}/comm").read_text().strip() == name[:15]:
                os.kill(pid, signal.SIGKILL)
                return name
        except OSError:
            continue
    return None


@pytest.mark.fault
def test_the_year_ends_with_the_same_board_though_processes_are_killed_throughout(tmp_path: Path) -> None:
    home = tmp_path / "home"
    chance = random.Random(SEED)
    killed: list[str] = []
    with private_system(home) as (url, supervisor):
        with (tmp_path / "demo.log").open("wb") as log:
            played = subprocess.Popen(
                [sys.executable, "-m", "deploy.demo"],
                cwd=ROOT,
                env=os.environ | {"OCOP_URL": url, "OCOP_HOME": str(home)},
                stdout=log,
                stderr=log,
            )
        while played.poll() is None:
            if (name := kill_one(supervisor, chance)) is not None:
                killed.append(name)
            time.sleep(PAUSE_SECONDS)
        said = (tmp_path / "demo.log").read_text()
        assert played.returncode == 0, f"seed {SEED}, killed {killed}\n{said}"
        board = httpx.get(f"{url}/api/registry/v1/boards/2023", timeout=30).json()
    drawn = sorted((home / "documents").glob("*.pdf"))
    assert len(set(killed)) >= 4, f"the harness killed too little: {killed}"
    assert len(drawn) == DOCUMENTS, [file.name for file in drawn]
    assert all(file.read_bytes().startswith(b"%PDF-") for file in drawn)
    values = {target["code"]: target["value"] for target in board["targets"]}
    assert {code: values[code] for code in EXPECTED} == EXPECTED
    assert values["growth"] >= 1.5
    missed = next(d for d in board["deadlines"] if d["code"] == "district_evaluation")["units"]
    assert sorted(u["unit_code"] for u in missed if u["state"] == "missed") == ["504", "516"]
