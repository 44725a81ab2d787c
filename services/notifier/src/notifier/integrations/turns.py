"""Turns to send: so many at once to one provider, and a rest after it failed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WAIT_SECONDS = 8.0
"""How long a message waits for its turn before it is given back."""
REST_SECONDS = 5.0
"""After the provider could not be reached or did not answer, nobody tries for so long."""


class Turns:
    """What bounds one provider, so that it takes neither our connections nor the time of the others."""

    def __init__(self, concurrency: int) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._rest_until = 0.0

    @property
    def resting(self) -> bool:
        """Whether the provider could not be reached a moment ago."""
        return time.monotonic() < self._rest_until

    def rest(self, seconds: float = REST_SECONDS) -> None:
        """Leave the provider alone for a while."""
        self._rest_until = time.monotonic() + seconds

    @asynccontextmanager
    async def take(self) -> AsyncIterator[bool]:
        """A turn; yields False when there is none soon, or the provider rests."""
        if self.resting:
            yield False
            return
        try:
            await asyncio.wait_for(self._slots.acquire(), WAIT_SECONDS)
        except TimeoutError:
            yield False
            return
        try:
            yield not self.resting
        finally:
            self._slots.release()
