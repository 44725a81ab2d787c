"""Keeps child processes alive: forked from this one, restarted when they die."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from deploy.local import children
from deploy.local.processes import Forked
from deploy.local.terminal import say

T = TypeVar("T")
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
    process: Forked
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
        self._not_theirs: list[int] = []
        self._threads = 0
        self._no_thread = asyncio.Event()
        self._supervised, self._alive = os.pipe()
        self.keep_to_ourselves(self._alive)
        logs.mkdir(parents=True, exist_ok=True)

    def keep_to_ourselves(self, descriptor: int) -> None:
        """Have every child close this descriptor first: what it is must end with us, not with our last child."""
        self._not_theirs.append(descriptor)

    async def in_thread(self, act: Callable[..., T], *arguments: object) -> T:
        """What `act` returns, run in a thread. No child is forked meanwhile: it would copy locks that nobody frees."""
        self._threads += 1
        try:
            return await asyncio.to_thread(act, *arguments)
        finally:
            self._threads -= 1
            if not self._threads:
                self._no_thread.set()

    async def keep(self, child: Child) -> None:
        """Start a child and restart it whenever it dies, with a growing pause, until it is stopped."""
        process, offset = await self._fork(child)
        kept = self._kept[child.name] = _Kept(child, process, offset)
        kept.task = asyncio.create_task(self._watch(kept), name=f"watch {child.name}")

    async def run(self, child: Child) -> None:
        """Run a child to its end. Raises ChildFailed unless it ended well."""
        process, offset = await self._fork(child)
        try:
            exit_code = await process.ended()
        except asyncio.CancelledError:
            process.kill()
            await asyncio.shield(process.ended())
            raise
        if exit_code != 0:
            raise ChildFailed(self._report(child, exit_code, offset))

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
            exit_code = await kept.process.ended()
            if kept.stopping.is_set():
                return
            kept.deaths += 1
            pause = 0.1 if time.monotonic() - begun > _HEALTHY_AFTER else min(pause * 2, _LONGEST_PAUSE)
            if kept.deaths == 1 or pause in (0.1, _LONGEST_PAUSE):  # not each of a quick series
                say(f"  {kept.child.name} {_cause(exit_code)}; starting it again")
            while not await _happens(kept.stopping, within=pause):
                try:
                    kept.process, kept.log_offset = await self._fork(kept.child)
                except OSError as error:  # no memory or no process left just now
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    say(f"  {kept.child.name} could not be started ({error!r}); trying again")
                    continue
                break
            else:
                return
            if kept.stopping.is_set():
                kept.process.terminate()

    async def _fork(self, child: Child) -> tuple[Forked, int]:
        while self._threads:
            self._no_thread.clear()
            await self._no_thread.wait()
        log = self._log(child)
        offset = log.stat().st_size if log.exists() else 0

        def live() -> None:
            for descriptor in self._not_theirs:
                os.close(descriptor)
            children.enter(child.name, log, self.environment, self._supervised)
            getattr(children, child.target)(*child.arguments)

        return Forked(live), offset

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
