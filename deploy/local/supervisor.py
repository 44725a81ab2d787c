"""Keeps child processes alive: started from a fork server that has the libraries loaded, restarted when they die."""

import asyncio
import multiprocessing
import multiprocessing.forkserver
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from deploy.local.children import run_child
from deploy.local.terminal import say

_CONTEXT = multiprocessing.get_context("forkserver")
_LONGEST_PAUSE = 10.0
_HEALTHY_AFTER = 20.0
_TAIL = 2500


class ChildFailed(RuntimeError):
    """A child ended in error. The message names it and shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Child:
    """A child process: the function of `deploy.local.children` it runs, and its arguments."""

    name: str
    target: str
    arguments: tuple[Any, ...] = ()


@dataclass(slots=True)
class _Kept:
    child: Child
    process: ForkServerProcess
    log_offset: int
    task: asyncio.Task[None] | None = None
    deaths: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


class Supervisor:
    """Starts, watches and stops the children of one system. All its methods run in one event loop."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._logs = logs
        self._kept: dict[str, _Kept] = {}
        self._forking = asyncio.Lock()
        logs.mkdir(parents=True, exist_ok=True)

    async def warm_up(self) -> None:
        """Start the fork server, which imports the libraries once for all children."""
        # One malloc arena: each thread of each child would otherwise keep one of its own.
        os.environ.setdefault("MALLOC_ARENA_MAX", "1")
        _track_nothing()
        _CONTEXT.set_forkserver_preload(["deploy.local.preload"])
        await asyncio.to_thread(multiprocessing.forkserver.ensure_running)

    async def keep(self, child: Child) -> None:
        """Start a child and restart it whenever it dies, with a growing pause, until it is stopped."""
        process, offset = await self._fork(child)
        kept = self._kept[child.name] = _Kept(child, process, offset)
        kept.task = asyncio.create_task(self._watch(kept), name=f"watch {child.name}")

    async def run(self, child: Child) -> None:
        """Run a child to its end. Raises ChildFailed unless it ended well."""
        process, offset = await self._fork(child)
        try:
            await _ended(process)
        except asyncio.CancelledError:
            process.kill()
            await asyncio.shield(_ended(process))
            raise
        if process.exitcode != 0:
            raise ChildFailed(self._report(child, process.exitcode, offset))

    def refuse_dying(self, most: int) -> None:
        """Raise ChildFailed when a child has died `most` times: at start-up that is an error, not a hiccup."""
        for kept in self._kept.values():
            if kept.deaths >= most:
                raise ChildFailed(self._report(kept.child, None, kept.log_offset))

    async def stop(self, names: Iterable[str] | None = None, *, grace: float) -> None:
        """Ask the named children (or all) to end, and kill those that have not after `grace` seconds."""
        chosen = [self._kept[name] for name in (list(self._kept) if names is None else names) if name in self._kept]
        for kept in chosen:
            kept.stopping.set()
            if kept.process.is_alive():
                kept.process.terminate()
        watches = [kept.task for kept in chosen if kept.task is not None]
        if watches:
            await asyncio.wait(watches, timeout=grace)
        for kept in chosen:
            if kept.task is not None and not kept.task.done():
                say(f"  {kept.child.name} did not stop in {grace:.0f} s and is killed")
                kept.process.kill()
                await kept.task
            del self._kept[kept.child.name]

    def restart_no_more(self) -> None:
        """From here on a child that ends is not started again: everything is being stopped."""
        for kept in self._kept.values():
            kept.stopping.set()

    def kill(self) -> None:
        """End every child at once, whatever it is doing."""
        self.restart_no_more()
        for kept in self._kept.values():
            kept.process.kill()

    async def _watch(self, kept: _Kept) -> None:
        pause = 0.1
        while True:
            begun = time.monotonic()
            await _ended(kept.process)
            if kept.stopping.is_set():
                return
            kept.deaths += 1
            pause = 0.1 if time.monotonic() - begun > _HEALTHY_AFTER else min(pause * 2, _LONGEST_PAUSE)
            if kept.deaths == 1 or pause in (0.1, _LONGEST_PAUSE):  # not each of a quick series
                say(f"  {kept.child.name} {_cause(kept.process.exitcode)}; starting it again")
            while not await _happens(kept.stopping, within=pause):
                try:
                    process, kept.log_offset = await self._fork(kept.child)
                except (OSError, EOFError) as error:  # the fork server died just now; the next call starts it anew
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    say(f"  {kept.child.name} could not be started ({error!r}); trying again")
                    continue
                kept.process.close()
                kept.process = process
                break
            else:
                return
            if kept.stopping.is_set():
                kept.process.terminate()

    async def _fork(self, child: Child) -> tuple[ForkServerProcess, int]:
        log = self._log(child)
        offset = log.stat().st_size if log.exists() else 0
        process = _CONTEXT.Process(
            target=run_child,
            name=child.name,
            args=(child.target, child.name, log, self.environment, child.arguments),
        )
        async with self._forking:  # the fork server's client side is not made for several threads
            await asyncio.to_thread(process.start)
        return process, offset

    def _log(self, child: Child) -> Path:
        return self._logs / f"{child.name}.log"

    def _report(self, child: Child, exit_code: int | None, offset: int) -> str:
        log = self._log(child)
        said = ""
        if log.exists():
            with log.open(encoding="utf-8", errors="replace") as lines:
                lines.seek(offset)
                said = lines.read()[-_TAIL:].strip()
        end = _cause(exit_code) if exit_code is not None else "keeps dying"
        return f"{child.name} {end}. The end of {log}:\n{said or '(nothing was written)'}"


def _track_nothing() -> None:
    """Give multiprocessing's resource tracker an open end: it then starts no process of its own, 6 MiB for nothing.

    It would clean up semaphores and shared memory after a crash, and no child uses either.
    """
    resource_tracker._resource_tracker._fd = os.open(os.devnull, os.O_WRONLY)  # type: ignore[attr-defined]  # private: there is no other way


def _cause(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"was ended by signal {-exit_code}"
    return f"ended with code {exit_code}"


async def _happens(event: asyncio.Event, *, within: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), within)
    except TimeoutError:
        return False
    return True


async def _ended(process: ForkServerProcess) -> None:
    """Wait for the end of a process without blocking the loop."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
