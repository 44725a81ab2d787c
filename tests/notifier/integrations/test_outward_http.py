"""Calls to addresses of others: where they lead is decided when the connection is made."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifier.domain.outward_addresses import ClosedAddress
from notifier.integrations import outward_http
from notifier.integrations.outward_http import MOST_READ, NoAnswer, OutwardHttp, Unreachable, resolve

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Names:
    """The name service of a test: each name's numbers, one after another for each time it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.numbers: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        monkeypatch.setattr(asyncio.get_running_loop().__class__, "getaddrinfo", self.getaddrinfo)

    async def getaddrinfo(self, host: str, port: int, **_more: Any) -> list[Any]:
        self.asked.append(host)
        answers = self.numbers.get(host, [[]] if not host[0].isdigit() else [[host]])
        numbers = answers.pop(0) if len(answers) > 1 else answers[0]
        if not numbers:
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@asynccontextmanager
async def answering(answer: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that answers every request so: (its port, the requests it saw)."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], seen
    finally:
        server.close()


async def test_a_name_that_leads_inside_is_refused_whichever_of_its_numbers_does(names: Names) -> None:
    names.numbers = {"inside.example": [["10.0.0.5"]], "both.example": [["8.8.8.8", "127.0.0.1"]]}
    for host in names.numbers:
        with pytest.raises(ClosedAddress):
            await resolve(host, 443)
    with pytest.raises(Unreachable):
        await resolve("nothing.example", 443)


@pytest.mark.parametrize("written", ["2130706433", "0x7f000001", "127.1", "017700000001", "localhost"])
async def test_other_ways_to_write_this_machine_are_refused_when_they_are_resolved(written: str) -> None:
    outward = OutwardHttp()
    with pytest.raises((ClosedAddress, Unreachable)):
        await outward.check(f"https://{written}/")
    await outward.close()


async def test_a_name_that_points_inside_after_it_was_checked_is_not_called(names: Names) -> None:
    """DNS rebinding: open at registration, this machine a moment later."""
    async with answering(OK) as (port, seen):
        names.numbers = {"rebind.example": [["8.8.8.8"], ["127.0.0.1"]]}
        outward = OutwardHttp()
        await outward.check("https://rebind.example/hook")
        with pytest.raises(ClosedAddress):
            await outward.post("https://rebind.example/hook", b"{}", {})
        await outward.close()
    assert not seen
    assert port


async def test_the_name_is_looked_up_once_for_a_connection_which_goes_to_the_number_that_was_checked(
    names: Names,
) -> None:
    async with answering(OK) as (port, seen):
        names.numbers = {"system.example": [["127.0.0.1"], ["10.0.0.1"]]}
        outward = OutwardHttp(loopback=True)
        answer = await outward.post(f"http://system.example:{port}/hook?a=1", b"{}", {"x-test": "1"})
        await outward.close()
    assert answer.status == 204
    assert names.asked.count("system.example") == 1
    head = seen[0].lower()
    assert head.startswith(b"post /hook?a=1 http/1.1\r\n")
    assert f"host: system.example:{port}\r\n".encode() in head


async def test_tls_is_begun_with_the_name_and_its_certificate_checked(names: Names, tmp_path: Path) -> None:
    names.numbers = {"system.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    server, client = _certified("system.example", tmp_path)
    told: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: told.append(name)
    async with answering(OK, server) as (port, _):
        outward = OutwardHttp(loopback=True, tls=client)
        assert (await outward.post(f"https://system.example:{port}/", b"{}", {})).status == 204
        with pytest.raises(Unreachable):
            await outward.post(f"https://other.example:{port}/", b"{}", {})
        await outward.close()
    assert told == ["system.example", "other.example"]


async def test_a_redirect_is_an_answer_like_any_other() -> None:
    async with answering(OK) as (inside, seen):
        moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside}/\r\nContent-Length: 0\r\n\r\n"
        async with answering(moved.encode()) as (port, _):
            outward = OutwardHttp(loopback=True)
            assert (await outward.post(f"http://127.0.0.1:{port}/", b"{}", {})).status == 302
            await outward.close()
    assert not seen


async def test_of_an_endless_answer_only_a_little_is_read() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n" + b"x" * (4 * MOST_READ)
    async with answering(endless) as (port, _):
        outward = OutwardHttp(loopback=True)
        answer = await outward.post(f"http://127.0.0.1:{port}/", b"{}", {})
        await outward.close()
    assert (answer.status, len(answer.body)) == (200, MOST_READ)


async def test_nobody_there_and_nobody_answering_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward_http, "WHOLE_SECONDS", 0.2)
    outward = OutwardHttp(loopback=True)
    taken = socket.create_server(("127.0.0.1", 0))
    with pytest.raises(NoAnswer):
        await outward.post(f"http://127.0.0.1:{taken.getsockname()[1]}/", b"{}", {})
    port = taken.getsockname()[1]
    taken.close()
    with pytest.raises(Unreachable):
        await outward.post(f"http://127.0.0.1:{port}/", b"{}", {})
    await outward.close()


def _certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(a server's, a client's that trusts it) for a host that does not exist."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "server.pem").write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())
