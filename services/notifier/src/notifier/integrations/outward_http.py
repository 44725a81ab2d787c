"""Calls to addresses that others gave us: never into our own network, never farther than asked, never for long.

The name is resolved once, every number it has is checked, and the connection goes to a number that was checked, while
TLS and Host keep the name: a name that points elsewhere a moment later (DNS rebinding) gains nothing. Redirects are
not followed, proxies of the environment are not used, answers are read up to a bound.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore

from notifier.domain.outward_addresses import ClosedAddress, Target, check_number, read_address

RESOLVE_SECONDS, CONNECT_SECONDS, ANSWER_SECONDS, WHOLE_SECONDS = 3.0, 3.0, 8.0, 12.0
MOST_READ = 16_384
"""Bytes of an answer that are read at most."""
KEEP_SECONDS = 15.0


class Unreachable(Exception):
    """Nothing was handed over: no such name, no connection, no TLS."""


class NoAnswer(Exception):
    """The request left, and no answer came in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def resolve(host: str, port: int, *, loopback: bool = False) -> list[str]:
    """The numbers of a name, all of them open to be called. Raises ClosedAddress, or Unreachable without any."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # TimeoutError is one
        raise Unreachable(f"{host} is not found") from error
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not numbers:
        raise Unreachable(f"{host} has no number")
    for number in numbers:
        check_number(ip_address(number), loopback=loopback)
    return numbers


class _CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections to checked numbers only. TLS is begun by httpcore with the name of the request."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first number that takes one."""
        numbers = await resolve(host, port, loopback=self._loopback)
        for number in numbers[:3]:
            try:
                return await self._plain.connect_tcp(number, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: no address names a socket of this machine."""
        raise ClosedAddress("network", "no address is a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """As httpcore asks."""
        await self._plain.sleep(seconds)


class OutwardHttp:
    """POSTs to addresses of others over few connections."""

    def __init__(self, *, loopback: bool = False, connections: int = 50, tls: ssl.SSLContext | None = None) -> None:
        """`loopback` is for development; `tls` replaces the certificates that are trusted."""
        self._loopback, self._connections, self._tls = loopback, connections, tls
        self._opened: httpcore.AsyncConnectionPool | None = None

    @property
    def _pool(self) -> httpcore.AsyncConnectionPool:
        """Made when somebody is called: the certificate authorities cost milliseconds and memory."""
        if self._opened is None:
            self._opened = httpcore.AsyncConnectionPool(
                ssl_context=self._tls or ssl.create_default_context(),
                max_connections=self._connections,
                max_keepalive_connections=self._connections,
                keepalive_expiry=KEEP_SECONDS,
                network_backend=_CheckedNetwork(loopback=self._loopback),
            )
        return self._opened

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.aclose()

    async def check(self, url: str) -> Target:
        """The parts of an address that may be called now. Raises ClosedAddress, Unreachable."""
        target = read_address(url, loopback=self._loopback)
        await resolve(target.host, target.port, loopback=self._loopback)
        return target

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer, whatever its status. Raises ClosedAddress and Unreachable when nothing left, else NoAnswer."""
        target = read_address(url, loopback=self._loopback)
        request = httpcore.Request(
            "POST",
            f"{target.origin}{target.path}",
            headers=[("Host", target.origin.partition("://")[2]), ("Content-Length", str(len(body))), *headers.items()],
            content=body,
            extensions={
                "timeout": {
                    "connect": CONNECT_SECONDS,
                    "read": ANSWER_SECONDS,
                    "write": ANSWER_SECONDS,
                    "pool": CONNECT_SECONDS,
                }
            },
        )
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._answer(request)
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from error

    async def _answer(self, request: httpcore.Request) -> Answer:
        response = await self._pool.handle_async_request(request)
        try:
            body = b""
            async for part in response.aiter_stream():
                body += part
                if len(body) >= MOST_READ:
                    break
        finally:
            await response.aclose()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, headers, body[:MOST_READ])
