"""The processes that draw documents, a few at a time, so that no other request waits and no memory stays taken.

Typst keeps what it compiled last, and the allocator keeps its pages: drawn in the API's own process, that one grew by
50 MiB for good. A process of its own takes as much while it is asked and gives it back when nobody asks any more. One
that hangs is ended, and one that dies fails a single request.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self

from evaluation.data.templates import Template
from evaluation.integrations.drawing import LENGTH, framed
from shared.errors import Unavailable

AT_ONCE = 2
"""Documents drawn at the same time for one process of the service."""
MOST_WAITING = 40
MOST_SECONDS = 20
IDLE_SECONDS = 30
"""A drawing process that is not asked for so long ends. The next document waits a sixth of a second for another."""
_TOLD = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH")
"""Of our environment what a drawing process is told: no address or password of a database."""


class DrawingFailed(RuntimeError):
    """A document could not be drawn: a fault of ours, in the template or the data made for it (500)."""


class Renderer:
    """Draws documents. One per process of the service; processes that draw are started when they are needed."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._idle: list[_Drawer] = []
        self._ending: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End the processes that wait; what is being drawn is dropped with its request."""
        while self._idle:
            self._end(self._idle[-1])
        await asyncio.gather(*self._ending)

    async def draw(self, template: Template, data: Mapping[str, Any]) -> dict[str, bytes]:
        """The document in each format of its template. The same template and data give the same bytes.

        Raises Unavailable (503) when too many wait or it takes longer than MOST_SECONDS, waiting included;
        DrawingFailed.
        """
        if self._waiting >= MOST_WAITING:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(MOST_SECONDS), self._places:
                return await self._drawn(template, data)
        except TimeoutError as error:
            raise _busy() from error
        finally:
            self._waiting -= 1

    async def _drawn(self, template: Template, data: Mapping[str, Any]) -> dict[str, bytes]:
        drawer = self._awake() or await _Drawer.start()
        try:
            answer = await drawer.ask(template, data)
        except BaseException:
            self._end(drawer)  # it died, or an answer that nobody waits for any more is still to come
            raise
        drawer.ends = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end, drawer)
        self._idle.append(drawer)
        if isinstance(answer, str):
            raise DrawingFailed(answer)
        return answer

    def _awake(self) -> "_Drawer | None":
        """The process that drew last, so that others come to rest; one that died meanwhile is passed over."""
        while self._idle:
            drawer = self._idle.pop()
            if drawer.alive:
                drawer.stay()
                return drawer
            self._end(drawer)
        return None

    def _end(self, drawer: "_Drawer") -> None:
        drawer.stay()
        if drawer in self._idle:
            self._idle.remove(drawer)
        ending = asyncio.get_running_loop().create_task(drawer.end())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)


class _Drawer:
    """One process that draws, one document at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.ends: asyncio.TimerHandle | None = None

    @classmethod
    async def start(cls) -> Self:
        """Start one; it is asked while it still loads what it needs."""
        told = {name: os.environ[name] for name in _TOLD if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "evaluation.integrations.drawing", str(MOST_SECONDS)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=told | {"MALLOC_ARENA_MAX": "1"},
        )
        return cls(process)

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.returncode is None

    def stay(self) -> None:
        """Do not end for want of work."""
        if self.ends is not None:
            self.ends.cancel()

    async def ask(self, template: Template, data: Mapping[str, Any]) -> dict[str, bytes] | str:
        """The document by format, or why it could not be drawn. Raises DrawingFailed when the process dies."""
        assert self._process.stdin is not None
        asked = json.dumps({"template": asdict(template), "data": data}, ensure_ascii=False, default=str)
        try:
            self._process.stdin.write(framed(asked.encode()))
            await self._process.stdin.drain()
            answer = json.loads(await self._frame())
            if "error" in answer:
                return str(answer["error"])
            return {form: await self._frame() for form in answer["formats"]}
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            code = await self._process.wait()
            raise DrawingFailed(f"the process that drew a {template.kind} ended with {code}") from error

    async def _frame(self) -> bytes:
        assert self._process.stdout is not None
        length = await self._process.stdout.readexactly(LENGTH.size)
        return await self._process.stdout.readexactly(LENGTH.unpack(length)[0])

    async def end(self) -> None:
        """End it at once: nothing in it is worth keeping."""
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            self._process.kill()
        await self._process.wait()


def _busy() -> Unavailable:
    return Unavailable(
        "Đang lập nhiều văn bản, xin thử lại sau.",
        "Too many documents are being made; retry later.",
        headers={"Retry-After": "5"},
    )
