"""What running costs: the time until a process is ready, and the memory of the system as `make run` starts it."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from deploy.local.memory import proportional_mib, tree

from bench.cpu import memory_mib
from bench.options import Options
from bench.report import Report, Row
from bench.stage import ROOT, Stage, say
from shared.db.prepare import SERVICES

MOST_API, MOST_WORKER, MOST_WHOLE = 55.0, 30.0, 400.0
MOST_SECOND_START = 8.0
SETTLE = 10.0
"""Seconds after the start until memory is looked at: workers have taken their first turns by then."""
LONGEST = 120.0
_READY = re.compile(r"^Ready in ([0-9.]+) s", re.MULTILINE)


@dataclass(frozen=True)
class Process:
    """One process of the running system; memory in MiB."""

    name: str
    proportional: float
    unshared: float


async def measure(stage: Stage, report: Report, options: Options) -> None:
    """Cold starts beside the twin's; then the whole system, started twice."""
    await _cold_starts(stage, report, options.rounds)
    home = stage.home / "system"
    shutil.rmtree(home, ignore_errors=True)
    first, _ = await asyncio.to_thread(_run_system, home)
    second, processes = await asyncio.to_thread(_run_system, home)
    shutil.rmtree(home, ignore_errors=True)
    report.rows.append(Row("whole system, first start", "product", p50=first))
    report.rows.append(Row("whole system, second start", "product", p50=second))
    report.want_most("whole system, second start", second, MOST_SECOND_START, "s")
    for number, one in enumerate(processes):
        report.rows.append(Row("" if number else "memory beyond what is shared", one.name, memory=one.unshared))
    whole = sum(one.proportional for one in processes)
    report.rows.append(Row("memory, each page counted once", "whole system", memory=whole))
    for kind, most in (("API", MOST_API), ("worker", MOST_WORKER)):
        largest = max((one for one in processes if _kind(one.name) == kind), key=lambda one: one.unshared)
        report.want_most(
            f"{kind} process, memory beyond what is shared ({largest.name})", largest.unshared, most, "MiB"
        )
    report.want_most("whole system, memory", whole, MOST_WHOLE, "MiB")


async def _cold_starts(stage: Stage, report: Report, rounds: int) -> None:
    """Each application alone in an interpreter of its own, until /readyz answers 200."""
    modules = [*(f"{service}.main" for service in SERVICES), "bench.naive.registry"]
    took: dict[str, list[float]] = {module: [] for module in modules}
    for _ in range(rounds):
        for module in modules:
            began = time.perf_counter()
            server = await stage.serve(module)
            took[module].append(time.perf_counter() - began)
            stage.end(server)
        say("cold starts: " + ", ".join(f"{module} {took[module][-1]:.2f} s" for module in modules))
    for number, module in enumerate(modules):
        report.rows.append(Row("" if number else "cold start, alone", module, p50=median(took[module])))


def _run_system(home: Path) -> tuple[float, list[Process]]:
    """Start the system as `make run` does, let it settle, look, stop it; seconds until ready, and its processes."""
    log = home.parent / "system.log"
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "OCOP_PORT": "0",
        "OCOP_HOME": str(home),
    }
    with log.open("wb") as out:
        run = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        limit = time.monotonic() + LONGEST
        while (ready := _READY.search(log.read_text())) is None:
            if run.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"the system did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)
        time.sleep(SETTLE)
        processes = _processes(run.pid)
    finally:
        run.send_signal(signal.SIGTERM)
        run.wait(60)
    say(f"system ready in {ready[1]} s, {sum(one.proportional for one in processes):.0f} MiB")
    return float(ready[1]), processes


def _processes(root: int) -> list[Process]:
    """The system's processes; Postgres's backends are summed by their name."""
    found: dict[str, tuple[float, float]] = {}
    for pid in tree(root):
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            unshared = memory_mib(pid)[1]
        except OSError:
            continue  # it ended while we looked
        name = "supervisor" if pid == root else _NAMES.get(name, name)
        before = found.get(name, (0.0, 0.0))
        found[name] = (before[0] + proportional_mib(pid), before[1] + unshared)
    return [Process(name, *both) for name, both in found.items()]


_NAMES = {"evaluation-work": "evaluation-worker"}
"""Linux keeps fifteen letters of a name."""


def _kind(name: str) -> str | None:
    service, _, part = name.rpartition("-")
    return {"api": "API", "worker": "worker"}.get(part) if service in SERVICES else None
