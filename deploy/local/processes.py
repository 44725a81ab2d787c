"""Child processes forked from this one, with all it has loaded: they share its memory until they write to it.

A fork server would do the same from a process of its own: 30 MiB more, of its own and in each child. The price is care
with threads, whose locks a child would copy: `Supervisor` forks in the main thread and only while no other is at work.
"""

import asyncio
import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import NoReturn

_ACTIONS = {signal.SIGTERM: signal.SIG_DFL, signal.SIGHUP: signal.SIG_DFL, signal.SIGINT: signal.SIG_IGN}
"""How a child begins: asked to end it ends, and Ctrl-C at the terminal is for its parent."""


class Forked:
    """A child: its process id, and its exit code once it has ended (a signal's number below zero)."""

    def __init__(self, body: Callable[[], None]) -> None:
        """Fork; the child does `body` and nothing else of what this process was doing."""
        self.exit_code: int | None = None
        self._end, held = os.pipe()  # the child holds `held` as long as it lives
        sys.stdout.flush()
        sys.stderr.flush()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ACTIONS)  # one meant for the child waits until it can act
        self.pid = os.fork()
        if self.pid == 0:
            _live(body, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(held)

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    async def ended(self) -> int:
        """Wait for its end without blocking the loop; returns the exit code. For one waiter at a time."""
        if self.exit_code is None:
            loop, end = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(self._end, end.set)
            try:
                await end.wait()
            finally:
                loop.remove_reader(self._end)
            _, status = os.waitpid(self.pid, 0)  # noqa: ASYNC222  # it has ended: nothing to wait for
            self.exit_code = os.waitstatus_to_exitcode(status)
            os.close(self._end)
        return self.exit_code

    def _send(self, number: signal.Signals) -> None:
        if self.exit_code is None:  # not waited for yet: the process id is still this child's
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _live(body: Callable[[], None], mask: Iterable[int]) -> NoReturn:
    """Do `body` as the whole life of this process. Nothing of the parent's is unwound, closed or written twice."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)  # the parent's loop listens there
        for number, action in _ACTIONS.items():
            signal.signal(number, action)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        body()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
