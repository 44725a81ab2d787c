"""The caller's inbox as a stream (Server-Sent Events)."""

import asyncio
import base64
import json
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from starlette.types import Receive, Scope, Send

from notifier.api.schemas.notices import InboxItem
from notifier.use_cases.follow_inbox import Follower, InboxHub, News
from shared.auth.actors import Actor
from shared.http.access import bearer, signed_in
from shared.http.app import service_router

router = service_router("notifier", tags=["notices"])
HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 3000
HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
"""No proxy may keep parts back to compress or gather them."""
TOO_MANY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `notice` (an item of the inbox), `read` (id, read_at), `badge` (unread), `anew` (read "
        "the inbox anew), `end` (because). Ids of `notice` and `read` are for Last-Event-ID.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    429: {
        "description": "Too many streams open",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    },
}


@router.get("/inbox/events", response_class=Response, responses=TOO_MANY)
async def follow_inbox(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> Response:
    """Follow one's inbox: new notices, readings, the number of unread ones. Open it first, then read the inbox.

    After a break, send the last id as Last-Event-ID: what came meanwhile follows, each once. It ends with the token.
    """
    hub: InboxHub = request.app.state.inbox_hub
    expires_at = _expiry(bearer(request.headers.get("authorization", "")))
    follower = hub.join(actor.person_id)
    return InboxStream(hub, follower, _stream(hub, follower, last_event_id, expires_at))


class InboxStream(StreamingResponse):
    """The stream, and the leaving at its end, also of a caller who went away before it began."""

    def __init__(self, hub: InboxHub, follower: Follower, content: AsyncIterator[bytes]) -> None:
        super().__init__(content, media_type="text/event-stream", headers=HEADERS)
        self._hub, self._follower = hub, follower

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._hub.leave(self._follower)


async def _stream(hub: InboxHub, follower: Follower, last: str | None, expires_at: float) -> AsyncIterator[bytes]:
    news = await hub.begin(follower, last)
    yield format_sse_event(retry=RETRY_MILLISECONDS, comment="ocop inbox")
    unread: int | None = None
    while True:
        for event in _events(news, unread):
            yield event
        unread = news.unread
        async for beat in _until_rung(follower, expires_at):
            yield beat
        if hub.closing.is_set() or time.time() >= expires_at:
            yield _event("end", {"because": "restart" if hub.closing.is_set() else "token-expired"})
            return
        news = await hub.next(follower)


async def _until_rung(follower: Follower, expires_at: float) -> AsyncIterator[bytes]:
    """Heartbeats until something changed or the token's time is over."""
    while (left := expires_at - time.time()) > 0:
        try:
            await asyncio.wait_for(follower.rung.wait(), min(left, HEARTBEAT_SECONDS))
        except TimeoutError:
            yield format_sse_event(comment="heartbeat")
            continue
        follower.rung.clear()
        return


def _events(news: News, unread: int | None) -> Iterator[bytes]:
    if news.anew:
        yield _event("anew", {}, news.place)
    for change in news.changes:
        row = news.rows.get(change.notice_id)
        if row is None:  # it left the inbox since
            continue
        if change.kind == "notice":
            yield format_sse_event(
                event="notice", id=str(change.position), data_str=InboxItem.of(row).model_dump_json()
            )
        else:
            read = {"id": str(change.notice_id), "read_at": row.notice.read_at and row.notice.read_at.isoformat()}
            yield _event("read", read, change.position)
    if news.unread != unread:
        yield _event("badge", {"unread": news.unread}, news.place)


def _event(name: str, data: dict[str, Any], position: int | None = None) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data), id=None if position is None else str(position))


def _expiry(token: str) -> float:
    """When a token that was verified ends, in seconds since 1970."""
    claims = token.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])


@contextmanager
def stopped_by_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on SIGTERM before the server's own handler: it waits for open streams, which have no end."""
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    loop = asyncio.get_running_loop()

    def handle(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(stop)
        before(number, frame)

    signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is handle:
            signal.signal(signal.SIGTERM, before)
