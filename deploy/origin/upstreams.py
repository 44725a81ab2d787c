"""A service as the origin reaches it: connections kept open between requests."""

import asyncio
import time
from urllib.parse import urlsplit

from deploy.origin.connections import Connection, ConnectionFailed, Headers

_CONNECT_SECONDS = 3.0
_IDLE_SECONDS = 30.0
_PAUSES = (0.1, 0.3, 0.8)


class ServiceDown(Exception):
    """The service does not take connections."""


class Upstream:
    """One service's address and its idle connections."""

    def __init__(self, name: str, url: str) -> None:
        parts = urlsplit(url)
        self.name = name
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 80
        self._idle: list[tuple[float, Connection]] = []

    async def connect(self, *, fresh: bool = False) -> Connection:
        """An open connection, kept or new; tries anew for about a second. Raises ServiceDown."""
        while self._idle and not fresh:
            since, connection = self._idle.pop()
            if connection.reusable and time.monotonic() - since < _IDLE_SECONDS:
                return connection
            connection.close()
        loop = asyncio.get_running_loop()
        for pause in (*_PAUSES, None):
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    _, connection = await loop.create_connection(Connection, self._host, self._port)
                return connection
            except OSError as error:  # TimeoutError is one
                if pause is None:
                    raise ServiceDown(f"{self.name} takes no connections: {error}") from error
                await asyncio.sleep(pause)
        raise AssertionError("the loop above returns or raises")

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next request if it can carry one, else close it."""
        if connection.reusable:
            self._idle.append((time.monotonic(), connection))
        else:
            connection.close()

    def close(self) -> None:
        """Close the idle connections."""
        for _, connection in self._idle:
            connection.close()
        self._idle.clear()

    async def get(self, target: str, *, seconds: float, headers: Headers | None = None) -> tuple[int, bytes]:
        """Status and body of a GET of the origin's own. Raises ServiceDown, ConnectionFailed or TimeoutError."""
        head = request_head("GET", target.encode(), [(b"host", b"origin"), *(headers or [])])
        async with asyncio.timeout(seconds):
            for fresh in (False, True):
                connection = await self.connect(fresh=fresh)
                try:
                    connection.begin(head, head_only=False)
                    await connection.response_head()
                    body = b"".join([part async for part in connection.body()])
                except ConnectionFailed:
                    connection.close()
                    if fresh:
                        raise
                    continue
                except BaseException:
                    connection.close()
                    raise
                self.give_back(connection)
                return connection.status, body
        raise AssertionError("the loop above returns or raises")


def request_head(method: str, target: bytes, headers: Headers) -> bytes:
    """The bytes of a request's head."""
    lines = [b"%s %s HTTP/1.1" % (method.encode("ascii"), target)]
    lines += [b"%s: %s" % pair for pair in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"
