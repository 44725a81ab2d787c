"""One HTTP/1.1 connection to a service: requests written, responses parsed and handed on as they come."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import httptools

Headers = list[tuple[bytes, bytes]]

_READ_AHEAD = 262_144


class ConnectionFailed(Exception):
    """The service closed the connection or spoke nonsense. `began`: part of the response had come."""

    def __init__(self, reason: str, *, began: bool) -> None:
        super().__init__(reason)
        self.began = began


class Connection(asyncio.Protocol):
    """Carries one exchange at a time. `reusable` says whether another may follow."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = []
        self.complete = True
        self.reusable = False
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._head_only = False
        self._keep_alive = True
        self._head_seen = False
        self._chunks: list[bytes] = []
        self._waiting = 0
        self._error: ConnectionFailed | None = None
        self._changed = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()

    # The exchange, as its user sees it.

    def begin(self, head: bytes, *, head_only: bool) -> None:
        """Send a request's head (and small body). `head_only`: the method is HEAD."""
        self.status, self.headers, self.complete, self.reusable = 0, [], False, False
        self._head_only, self._keep_alive, self._head_seen = head_only, True, False
        self._error = None
        self._parser = httptools.HttpResponseParser(self)
        self.write(head)

    def write(self, data: bytes) -> None:
        """Send part of the request's body."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionFailed("closed before the request was sent", began=self._head_seen)
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait until the service takes more; a response that comes meanwhile ends the wait too."""
        await self._may_write.wait()

    async def response_head(self) -> None:
        """Wait for status and headers. Raises ConnectionFailed."""
        while not self._head_seen:
            await self._change()

    def take(self) -> bytes:
        """The part of the body that has come and was not taken yet."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        if self._waiting > _READ_AHEAD and self._transport is not None:
            self._transport.resume_reading()
        self._waiting = 0
        return data

    async def body(self) -> AsyncIterator[bytes]:
        """The rest of the response's body as it comes. Raises ConnectionFailed when it is cut."""
        while True:
            data = self.take()
            if data:
                yield data
            elif self.complete:
                return
            else:
                await self._change()

    def spoil(self) -> None:
        """Let no other exchange follow this one: the request was not sent to its end."""
        self._keep_alive = False
        self.reusable = False

    def close(self) -> None:
        """Drop the connection."""
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()

    async def _change(self) -> None:
        if self._error is not None:
            raise self._error
        self._changed.clear()
        await self._changed.wait()

    def _fail(self, reason: str) -> None:
        if not self.complete:
            self._error = ConnectionFailed(reason, began=self._head_seen)
        self.reusable = False
        self._may_write.set()
        self._changed.set()

    # Called by the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not a subclass

    def data_received(self, data: bytes) -> None:
        if self.complete:
            self.close()  # bytes nobody asked for: the two sides no longer agree on where they are
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"not HTTP: {error}")
            self.close()
        self._changed.set()

    def connection_lost(self, _error: Exception | None) -> None:
        until_close = self._head_seen and not any(
            name in (b"content-length", b"transfer-encoding") for name, _ in self.headers
        )
        if until_close:
            self.complete = True
        self._transport = None
        self._fail("closed by the service")

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    # Called by the parser.

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self.headers = []
            return
        self.status = status
        self._keep_alive = self._parser.should_keep_alive()
        self._head_seen = True
        if self._head_only:  # the parser cannot know that no body follows
            self._finish()

    def on_body(self, data: bytes) -> None:
        self._chunks.append(data)
        self._waiting += len(data)
        if self._waiting > _READ_AHEAD and self._transport is not None:
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._head_seen and not self.complete:
            self._finish()

    def _finish(self) -> None:
        self.complete = True
        self.reusable = self._keep_alive
