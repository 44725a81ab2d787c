"""A small HTTP/1.1 load generator: keep-alive connections, raw bytes out, whole answers in, latencies kept.

It parses only what it must, so that on a machine with two cores the client is not what is measured.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from bench.cpu import cpu_seconds, tree_seconds

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass
class Measurement:
    """What one or several runs of requests showed, in seconds; CPU is summed over all requests."""

    requests: int = 0
    failures: int = 0
    latencies: list[float] = field(default_factory=list)
    server_cpu: float = 0.0
    database_cpu: float = 0.0
    rates: list[float] = field(default_factory=list)
    """Requests per second, one figure a round."""
    failed: bytes = b""
    """The head of the first answer that was no success."""

    def add(self, other: "Measurement") -> None:
        """Take in another round."""
        self.requests += other.requests
        self.failures += other.failures
        self.latencies += other.latencies
        self.server_cpu += other.server_cpu
        self.database_cpu += other.database_cpu
        self.rates += other.rates
        self.failed = self.failed or other.failed

    @property
    def rate(self) -> float:
        """Requests per second, the median of the rounds."""
        return sorted(self.rates)[len(self.rates) // 2]

    @property
    def cpu(self) -> float:
        """The server's CPU seconds a request."""
        return self.server_cpu / self.requests

    @property
    def database(self) -> float:
        """Postgres's CPU seconds a request."""
        return self.database_cpu / self.requests

    def percentile(self, share: float) -> float:
        """Latency in seconds below which `share` of the requests stayed."""
        return percentile(self.latencies, share)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def get(path: str, token: str | None = None) -> bytes:
    """A GET as bytes."""
    signed = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{signed}\r\n".encode()


def post(path: str, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """A JSON POST as bytes."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{extra}\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One keep-alive connection: a request at a time. Understands answers with a Content-Length, which ours have."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._buffer = b""
        self._needed = 0
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Collect until head and body are whole."""
        self._buffer += data
        if not self._needed:
            end = self._buffer.find(_HEAD_END)
            if end < 0:
                return
            head = self._buffer[:end].lower()
            at = head.find(_LENGTH)
            if at < 0 and head[9:12] not in {b"304", b"204"}:
                self._fail(ValueError(f"an answer without Content-Length: {head[:200]!r}"))
                return
            stop = head.find(b"\r", at)
            length = 0 if at < 0 else int(head[at + 15 : stop if stop > 0 else len(head)])
            self._needed = end + 4 + length
        if len(self._buffer) >= self._needed and self._answer is not None:
            answer, self._buffer, self._needed = self._buffer[: self._needed], self._buffer[self._needed :], 0
            if not self._answer.done():
                self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits."""
        self._fail(error or ConnectionError("the server closed the connection"))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    async def send(self, request: bytes) -> bytes:
        """Send a request; its whole answer, head and body."""
        assert self.transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer


async def connect(port: int) -> Connection:
    """A new connection to this machine."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection


async def fetch(port: int, request: bytes) -> tuple[int, bytes]:
    """(status, body) of one request on its own connection."""
    connection = await connect(port)
    try:
        answer = await connection.send(request)
    finally:
        assert connection.transport is not None
        connection.transport.close()
    return int(answer[9:12]), answer.partition(_HEAD_END)[2]


async def drive(
    port: int, server: int, postgres: int, requests: Iterator[bytes], *, seconds: float, connections: int = 8
) -> Measurement:
    """Send requests over so many connections for so long, each as fast as its answers come.

    `server` and `postgres` are process ids whose CPU is read. Anything but 2xx and 304 is a failure.
    """
    result = Measurement()
    open_connections = [await connect(port) for _ in range(connections)]
    ends = time.perf_counter() + seconds

    async def one(connection: Connection) -> None:
        began = time.perf_counter()
        while began < ends:
            request = next(requests, None)
            if request is None:
                return
            answer = await connection.send(request)
            now = time.perf_counter()
            result.latencies.append(now - began)
            if answer[9:10] != b"2" and answer[9:12] != b"304":
                result.failures += 1
                result.failed = result.failed or answer[:600]
            began = now

    cpu, database, began = cpu_seconds(server), tree_seconds(postgres), time.perf_counter()
    await asyncio.gather(*(one(connection) for connection in open_connections))
    elapsed = time.perf_counter() - began
    result.server_cpu, result.database_cpu = cpu_seconds(server) - cpu, tree_seconds(postgres) - database
    result.requests = len(result.latencies)
    result.rates.append(result.requests / elapsed)
    for connection in open_connections:
        assert connection.transport is not None
        connection.transport.close()
    return result
