"""A small HTTP/1.1 load generator: keep-alive connections, raw bytes out, whole answers in, latencies kept."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CLOCK_TICKS = 100
"""USER_HZ on Linux."""


@dataclass(frozen=True)
class Measurement:
    """What a run of requests showed. Seconds; `cpu` is the server's CPU per request."""

    requests: int
    seconds: float
    latencies: tuple[float, ...]
    cpu: float
    failures: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in seconds below which `share` of the requests stayed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def cpu_seconds(pid: int) -> float:
    """CPU time the process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def get(path: str) -> bytes:
    """A GET as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: identity\r\n\r\n".encode()


def post(path: str, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """A JSON POST as bytes."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{extra}\r\n"
    )
    return head.encode() + body


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes]:
    """Send one request and read its whole answer: (status, body)."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        length = int(lower[at + 15 : lower.index(b"\r\n", at)])
        return status, await reader.readexactly(length) if length else b""
    if b"transfer-encoding: chunked" not in lower:
        return status, b""
    body = b""
    while True:
        size = int(await reader.readline(), 16)
        body += await reader.readexactly(size)
        await reader.readline()
        if not size:
            return status, body


async def fetch(port: int, request: bytes) -> tuple[int, bytes]:
    """One request on its own connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await exchange(reader, writer, request)
    finally:
        writer.close()


async def drive(port: int, pid: int, requests: Sequence[bytes], *, connections: int = 8) -> Measurement:
    """Send all requests over so many connections, each as fast as its answers come; expects 2xx and 304."""
    waiting = iter(requests)
    latencies: list[float] = []
    failures = 0

    async def one() -> None:
        nonlocal failures
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        for request in waiting:
            began = time.perf_counter()
            status, _ = await exchange(reader, writer, request)
            latencies.append(time.perf_counter() - began)
            failures += not (200 <= status < 300 or status == 304)
        writer.close()

    cpu, began = cpu_seconds(pid), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    seconds = time.perf_counter() - began
    return Measurement(len(requests), seconds, tuple(latencies), (cpu_seconds(pid) - cpu) / len(requests), failures)
