"""HTTP/1.1 as our servers speak it: uvicorn's protocol, an answer's head and body given to the network as one.

Uvicorn writes the head, then the body; each write is a system call and a packet of its own, for answers that fit in
one. Servers take this class in place of the name "httptools".
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HELD = 65_536
"""Bytes after which nothing more is held: the transport's own limit, at which it asks the writer to wait."""


class JoinedWrites:
    """A transport that sends what was written within one turn of the event loop at its end, or when it is much."""

    def __init__(self, wire: asyncio.Transport) -> None:
        self._wire = wire
        self._soon = asyncio.get_running_loop().call_soon
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Send it soon."""
        if not self._held:
            self._soon(self._flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > MOST_HELD:
            self._flush()

    def close(self) -> None:
        """Send what is held, then close."""
        self._flush()
        self._wire.close()

    def _flush(self) -> None:
        held, self._held, self._size = self._held, [], 0
        if held:
            self._wire.writelines(held)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)


class JoinedHttp(HttpToolsProtocol):
    """Uvicorn's HTTP/1.1 with joined writes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin a connection."""
        super().connection_made(cast(asyncio.Transport, JoinedWrites(transport)))
