"""Following one's inbox: what changed comes in order, once, from where one was; Postgres only rings.

A follower keeps nothing but its place. Whoever reads slowly reads later; nothing is held for him in memory, and no
connection to the database while nothing happens. One connection listens for the whole process, while anybody follows.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

import structlog

from notifier.persistence.inbox_changes import Change, hearing
from notifier.persistence.notices import InboxRow
from notifier.persistence.unit_of_work import NotifierUow
from shared.db.engine import Database
from shared.errors import Problem, Text

log = structlog.get_logger(__name__)

MOST_STREAMS = 6
"""Streams of one person at a process: a few tabs and a phone."""
POLL_SECONDS = 5.0
"""A ring that got lost costs no more than this."""
PAUSE_SECONDS = 0.05
"""Rings in one rush are answered together."""
AGAIN_SECONDS = 1.0


class TooManyStreams(Problem):
    """The person follows the inbox in too many places already (429)."""

    slug, status = "too-many-streams", 429
    title: ClassVar[Text] = Text("Quá nhiều luồng đang mở", "Too many open streams")


@dataclass(eq=False, slots=True)
class Follower:
    """One open stream. `place` is the last number it was told; None until it began."""

    person_id: UUID
    place: int | None = None
    rung: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class News:
    """What a follower is told next. `anew`: what he missed is gone, he reads his inbox anew."""

    changes: Sequence[Change]
    rows: dict[UUID, InboxRow]
    place: int
    unread: int
    anew: bool = False


class InboxHub:
    """The followers of a process, and the one who listens for them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: set[Follower] = set()
        self._streams: Counter[UUID] = Counter()
        self._listening: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._rung = asyncio.Event()
        self.closing = asyncio.Event()

    def __len__(self) -> int:
        return len(self._followers)

    def join(self, person_id: UUID) -> Follower:
        """Begin to follow. Raises TooManyStreams."""
        if self._streams[person_id] >= MOST_STREAMS:
            raise TooManyStreams(
                f"Mỗi người mở nhiều nhất {MOST_STREAMS} luồng; hãy đóng bớt.",
                f"A person has at most {MOST_STREAMS} streams open; close one.",
                headers={"Retry-After": "10"},
            )
        follower = Follower(person_id)
        self._followers.add(follower)
        self._streams[person_id] += 1
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        return follower

    def leave(self, follower: Follower) -> None:
        """Stop following; the last one's leaving ends the listening."""
        self._followers.discard(follower)
        self._streams[follower.person_id] -= 1
        if self._streams[follower.person_id] <= 0:
            del self._streams[follower.person_id]
        if not self._followers and self._listening is not None:
            self._listening.cancel()
            self._ending.add(self._listening)
            self._listening.add_done_callback(self._ending.discard)
            self._listening = None  # who joins while it ends gets a listener of his own

    def stop(self) -> None:
        """End every stream soon: the process was told to stop."""
        self.closing.set()
        self._ring(self._followers)

    async def close(self) -> None:
        """Stop listening."""
        self.stop()
        ending = {*self._ending, *([self._listening] if self._listening else [])}
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def begin(self, follower: Follower, last: str | None) -> News:
        """The first news: what came after `last`, the id a broken stream had reached; without it only the count.

        A follower must have joined before: what is written from then on rings.
        """
        async with NotifierUow.open(self._database) as uow:
            while await uow.inbox_changes.number():
                pass
        async with NotifierUow.open(self._database) as uow:
            reach = await uow.inbox_changes.reach()
            asked = int(last) if last and last.isascii() and last.isdigit() and len(last) < 19 else None
            known = asked is not None and reach.forgotten <= asked <= reach.last
            follower.place = asked if known else reach.last
            if not known:
                unread = await uow.notices.unread(follower.person_id)
                return News([], {}, reach.last, unread, anew=last is not None)
        return await self.next(follower)

    async def next(self, follower: Follower) -> News:
        """What changed since the follower's place, which moves on; a full batch rings for the next."""
        assert follower.place is not None
        async with NotifierUow.open(self._database) as uow:
            changes = await uow.inbox_changes.after(follower.person_id, follower.place)
            came = [one.notice_id for one in changes]
            rows = await uow.notices.inbox_items(follower.person_id, came) if came else {}
            unread = await uow.notices.unread(follower.person_id)
        if changes:
            follower.place = changes[-1].position
            follower.rung.set()  # perhaps there is more: look once again
        return News(changes, rows, follower.place, unread)

    async def _listen(self) -> None:
        place: int | None = None
        while True:
            try:
                async with hearing(self._database, self._rung) as lost:
                    self._rung.set()  # what rang while nobody listened
                    while not lost.is_set():
                        with suppress(TimeoutError):
                            await asyncio.wait_for(self._rung.wait(), POLL_SECONDS)
                        self._rung.clear()
                        place = await self._look(place)
                        await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:
                log.error("inbox_not_heard", exc_info=error)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _look(self, place: int | None) -> int:
        """Number what is new and ring those it concerns; all of them the first time."""
        more = True
        while more:
            async with NotifierUow.open(self._database) as uow:
                more = await uow.inbox_changes.number()
        people = {one.person_id for one in self._followers}
        async with NotifierUow.open(self._database) as uow:
            last, touched = await uow.inbox_changes.touched(place or 0, people if place is not None else ())
        concerned = [one for one in self._followers if place is None or one.person_id in touched]
        self._ring(concerned)
        return last

    @staticmethod
    def _ring(followers: Sequence[Follower] | set[Follower]) -> None:
        for one in followers:
            one.rung.set()
