"""Requests passed on to the services, bodies streamed in both directions."""

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from deploy.origin.connections import Connection, ConnectionFailed, Headers
from deploy.origin.problems import BROKE_OFF, DOWN, TOO_SLOW, problem
from deploy.origin.upstreams import ServiceDown, Upstream, request_head
from shared.errors import Text

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" transfer-encoding upgrade".split()
)
_SAFE_TO_REPEAT = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_HEAD_SECONDS = 60.0


class Exchange:
    """One request of a client passed on to one service."""

    def __init__(self, upstream: Upstream, scope: Scope, receive: Receive, send: Send) -> None:
        self._upstream = upstream
        self._scope = scope
        self._receive = receive
        self._send = send
        self._incoming: dict[bytes, bytes] = dict(scope["headers"])
        given = self._incoming.get(b"x-request-id", b"")
        self._request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex.encode()
        self._answered = False
        self._client_left = False

    async def run(self) -> None:
        """Pass it on and pass the answer back; a problem document when the service cannot answer."""
        try:
            await self._pass_on()
        except ServiceDown:
            await self._refuse(503, DOWN)
        except TimeoutError:
            await self._refuse(504, TOO_SLOW)
        except ConnectionFailed:
            if self._client_left:
                return
            if self._answered:
                raise  # the client must see the cut: uvicorn closes its connection
            await self._refuse(502, BROKE_OFF)

    async def _pass_on(self) -> None:
        body, more = await self._first_part()
        chunked = more and b"content-length" not in self._incoming
        length = None if more else len(body)
        head = request_head(self._scope["method"], self._target(), self._outgoing(chunked=chunked, length=length))
        repeatable = not more and (self._scope["method"] in _SAFE_TO_REPEAT or b"idempotency-key" in self._incoming)
        for fresh in (False, True):
            connection = await self._upstream.connect(fresh=fresh)
            try:
                connection.begin(head + _framed(body, chunked=chunked), head_only=self._scope["method"] == "HEAD")
                if more:
                    await self._stream_request(connection, chunked=chunked)
                else:
                    async with asyncio.timeout(_HEAD_SECONDS):
                        await connection.response_head()
                await self._answer(connection)
            except ConnectionFailed as error:
                connection.close()
                if fresh or error.began or not repeatable:
                    raise
                continue
            except BaseException:
                connection.close()
                raise
            self._upstream.give_back(connection)
            return

    async def _first_part(self) -> tuple[bytes, bool]:
        if b"content-length" not in self._incoming and b"transfer-encoding" not in self._incoming:
            return b"", False
        message = await self._receive()
        return message.get("body", b""), message.get("more_body", False)

    async def _stream_request(self, connection: Connection, *, chunked: bool) -> None:
        """Send the rest of the body until it ends or the service answers early."""
        sending = asyncio.create_task(self._send_rest(connection, chunked=chunked))
        heading = asyncio.create_task(connection.response_head())
        try:
            await asyncio.wait((sending, heading), return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and not heading.done():
                await sending
                async with asyncio.timeout(_HEAD_SECONDS):
                    await heading
            await heading
        finally:
            if not sending.done():  # answered before it read all: what is left in the pipe belongs to no request
                connection.spoil()
            for task in (sending, heading):
                task.cancel()
            await asyncio.gather(sending, heading, return_exceptions=True)

    async def _send_rest(self, connection: Connection, *, chunked: bool) -> None:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionFailed("the client went away", began=False)
            more = message.get("more_body", False)
            connection.write(_framed(message.get("body", b""), chunked=chunked))
            await connection.drain()
        if chunked:
            connection.write(b"0\r\n\r\n")

    async def _answer(self, connection: Connection) -> None:
        headers = [pair for pair in connection.headers if pair[0] not in _HOP_BY_HOP]
        if all(name != b"x-request-id" for name, _ in headers):
            headers.append((b"x-request-id", self._request_id))
        self._answered = True
        await self._send({"type": "http.response.start", "status": connection.status, "headers": headers})
        if connection.complete:
            await self._send({"type": "http.response.body", "body": connection.take()})
            return
        gone = asyncio.create_task(self._client_gone(connection))
        try:
            async for part in connection.body():
                await self._send({"type": "http.response.body", "body": part, "more_body": True})
            await self._send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    async def _client_gone(self, connection: Connection) -> None:
        """Hang up on the service when the client has hung up (a closed event stream would run for ever)."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._client_left = True
        connection.close()

    async def _refuse(self, status: int, detail: Text) -> None:
        headers, body = problem(
            status,
            detail,
            accept_language=self._incoming.get(b"accept-language", b"").decode("latin-1"),
            instance=self._scope["path"],
            service=self._upstream.name,
            request_id=self._request_id.decode(),
        )
        headers.append((b"x-request-id", self._request_id))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": b"" if self._scope["method"] == "HEAD" else body})

    def _target(self) -> bytes:
        path: bytes = self._scope.get("raw_path") or self._scope["path"].encode()
        query: bytes = self._scope["query_string"]
        return path + b"?" + query if query else path

    def _outgoing(self, *, chunked: bool, length: int | None) -> Headers:
        """The client's headers without those of its own connection, with who it is and how it came."""
        named = {part.strip().lower() for part in self._incoming.get(b"connection", b"").split(b",")}
        replaced = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-request-id", b"expect")
        dropped = _HOP_BY_HOP | named | set(replaced)
        headers: Headers = [pair for pair in self._scope["headers"] if pair[0] not in dropped]
        client = (self._scope.get("client") or ("",))[0].encode()
        before = self._incoming.get(b"x-forwarded-for")
        headers += [
            (b"x-forwarded-for", before + b", " + client if before else client),
            (b"x-forwarded-proto", self._scope["scheme"].encode()),
            (b"x-forwarded-host", self._incoming.get(b"host", b"")),
            (b"x-request-id", self._request_id),
        ]
        if chunked:
            headers.append((b"transfer-encoding", b"chunked"))
        elif length and b"content-length" not in self._incoming:
            headers.append((b"content-length", str(length).encode()))
        return headers


def _framed(body: bytes, *, chunked: bool) -> bytes:
    """A part of a body as it goes over the wire."""
    if not body or not chunked:
        return body
    return b"%x\r\n%s\r\n" % (len(body), body)
