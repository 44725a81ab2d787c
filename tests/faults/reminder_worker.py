"""One worker of notifier for `test_reminders_survive_races`: sweeps and sends to a provider that is a file.

Its machine's clock is wrong by `SKEW` seconds. After `LIFE` messages it is killed between handing one over and
recording it, so that nobody but the provider knows.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import time_machine

from notifier.domain.deliveries import Letter
from notifier.integrations.channels import Taken
from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.deliveries import CHANNEL_WORK
from notifier.use_cases.make_reminders import make_reminders
from shared.db.engine import Database
from shared.tasks.declarations import TaskContext

AT_ONCE = 20


class FileProvider:
    """Takes a message by appending its reference to a file: what is written there was sent."""

    def __init__(self, path: Path, life: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._free = asyncio.Semaphore(AT_ONCE)
        self._life, self._busy = life, 0
        self._alone = asyncio.Event()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[bool]:
        """A place in the line; none once the end is near."""
        async with self._free:
            if self._life <= 0:
                yield False
                return
            self._busy += 1
            self._alone.clear()
            try:
                yield True
            finally:
                self._busy -= 1
                if self._busy == 1:
                    self._alone.set()

    async def send(self, letter: Letter) -> Taken:
        """Hand over; the last message of this life is never recorded."""
        self._life -= 1
        last = self._life == 0
        if last and self._busy > 1:
            await self._alone.wait()
        os.write(self._file, f"{letter.notice_id}\n".encode())
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return Taken(str(letter.notice_id))

    async def close(self) -> None:
        """Nothing is held."""


async def work(url: str, path: Path, life: int) -> None:
    """Sweep and send for ever."""
    database = Database(url, name="notifier-worker")
    provider = FileProvider(path, life)
    context: TaskContext[NotifierUow] = TaskContext(database, NotifierUow, {"email": provider})
    find, deliver = CHANNEL_WORK["email"]

    async def sweep() -> None:
        while True:
            async with context.uow() as uow:
                made = await make_reminders(uow)
            await asyncio.sleep(0 if made else 0.1)

    async def send() -> None:
        while True:
            async with context.uow() as uow:
                ids = await find(uow)
            await asyncio.gather(*(deliver(context, one) for one in ids))
            await asyncio.sleep(0 if ids else 0.1)

    await asyncio.gather(sweep(), send())


if __name__ == "__main__":
    target, file, lifetime, skew = sys.argv[1:]
    with time_machine.travel(time.time() + float(skew), tick=True):
        asyncio.run(work(target, Path(file), int(lifetime)))
