"""Calendar addresses: made, read by whoever has the token, revoked."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from notifier.domain.icalendar import Entry, calendar
from notifier.persistence.tables.calendar_feeds import CalendarFeed
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Conflict, NotFound, Text

MOST_FEEDS = 10
NAME = Text("OCOP: hạn của tôi", "OCOP: my deadlines")
DONE = Text("Đã xong", "Done")
DUE = Text("Hạn", "Due")
STEP = Text("Nhắc", "Reminder")


async def subscribe(uow: NotifierUow, actor: Actor, label: str | None) -> tuple[CalendarFeed, str]:
    """A new address and its token, which is not kept and cannot be shown again. Raises Conflict beyond ten."""
    feeds = await uow.calendar_feeds.of(actor.person_id)
    if sum(feed.revoked_at is None for feed in feeds) >= MOST_FEEDS:
        raise Conflict(
            f"Mỗi người tối đa {MOST_FEEDS} địa chỉ lịch; hãy thu hồi bớt.",
            f"A person has at most {MOST_FEEDS} calendar addresses; revoke one first.",
            state="full",
            allowed=["POST /calendar-feeds/{feed_id}/revocation"],
        )
    token = secrets.token_urlsafe(32)
    return await uow.calendar_feeds.add(actor.person_id, _digest(token), label), token


async def revoke(uow: NotifierUow, actor: Actor, feed_id: UUID) -> CalendarFeed:
    """End an address; the first revocation stands. Raises NotFound when it is not the caller's."""
    feed = await uow.calendar_feeds.find(actor.person_id, feed_id)
    if feed is None:
        raise NotFound("Bạn không có địa chỉ lịch này.", "You have no such calendar address.")
    feed.revoked_at = feed.revoked_at or await uow.now()
    return feed


async def read_calendar(uow: NotifierUow, token: str, language: str) -> str:
    """The calendar behind a token. Raises NotFound when it is unknown or revoked."""
    person_id = await uow.calendar_feeds.holder(_digest(token))
    if person_id is None:
        raise NotFound(
            "Địa chỉ lịch không có hoặc đã thu hồi.", "There is no such calendar address, or it was revoked."
        )
    rows = await uow.calendar_feeds.duties(person_id, await uow.now(), await uow.today())
    stamp = max((row.updated_at for row in rows), default=await uow.now())
    return calendar(NAME.in_language(language), _entries(rows, language), stamp)


def _entries(rows: Sequence[Row[Any]], language: str) -> Iterator[Entry]:
    for row in rows:
        title = row.title if language == "vi" or not row.title_en else row.title_en
        head = DONE if row.state == "met" else DUE
        progress = f"{row.done}/{row.total}\n" if row.total > 1 else ""
        unit = f" ({row.unit_name})" if row.unit_name else ""
        yield Entry(
            f"{row.id}@ocop", row.due_on, f"{head.in_language(language)}: {title}{unit}", f"{progress}{row.source}"
        )
        for step in row.steps:
            at = datetime.fromisoformat(step["at"])
            yield Entry(f"{row.id}:{step['step']}@ocop", at, f"{STEP.in_language(language)}: {title}{unit}")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
