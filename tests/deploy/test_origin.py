"""The origin in front of stand-in services, over real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from deploy.origin.app import create_app
from deploy.origin.settings import OriginSettings

FIXED_ANSWERS = {
    "/api/registry/v1/dev-people": {"items": [{"code": "auditor", "name": "Người Kiểm Toán"}]},
    "/api/registry/v1/passports": {"items": [{"code": "49-01-0001", "name": "Rượu cần <Hữu Nghị>"}]},
}


class StandIn:
    """A service that answers what a test needs and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.ready = True
        self.hung_up = asyncio.Event()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        request = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
        }
        self.requests.append(request)
        path: str = scope["path"]
        if path in FIXED_ANSWERS:
            await answer(send, 200, FIXED_ANSWERS[path])
        elif path.endswith("/openapi.json"):
            await answer(send, 200, {"openapi": "3.1.0", "paths": {path.replace("openapi.json", "things"): {}}})
        elif path == "/readyz":
            await answer(send, 200 if self.ready else 503, {"status": "ok"} if self.ready else {"title": "no"})
        elif path.endswith("/refuses"):
            await answer(send, 413, {"status": 413})
        elif path.endswith(("/events", "/nothing", "/big")):
            await self._answer_specially(path, receive, send)
        else:
            body = await whole_body(receive)
            await answer(send, 200, {**request, "length": len(body), "body": body[:100].decode()})

    async def _answer_specially(self, path: str, receive: Any, send: Any) -> None:
        if path.endswith("/events"):
            await self._stream(receive, send)
        elif path.endswith("/nothing"):
            await send({"type": "http.response.start", "status": 204, "headers": [(b"etag", b'"1"')]})
            await send({"type": "http.response.body"})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for number in range(64):
                part = bytes([number]) * 65_536
                await send({"type": "http.response.body", "body": part, "more_body": number < 63})

    async def _stream(self, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        self.hung_up.set()


async def whole_body(receive: Any) -> bytes:
    """The request's body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def answer(send: Any, status: int, content: dict[str, Any]) -> None:
    """A JSON response."""
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served(app: Any, lifespan: str = "off") -> AsyncIterator[str]:
    """The address of an application on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_config=None, ws="none", lifespan=lifespan, proxy_headers=False, timeout_graceful_shutdown=1
            )
        )
        task = asyncio.create_task(server.serve(sockets=[listener]))
        for _ in range(2000):
            if server.started:
                break
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await task


@pytest.fixture(scope="module")
async def registry() -> StandIn:
    """The service behind most tests."""
    return StandIn()


@pytest.fixture(autouse=True)
def forget(registry: StandIn) -> None:
    """Each test begins with a service that is ready and remembers nothing."""
    registry.requests.clear()
    registry.hung_up.clear()
    registry.ready = True


@pytest.fixture(scope="module")
async def addresses(registry: StandIn) -> AsyncIterator[dict[str, str]]:
    """Two services: registry, and commerce, which is down."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}"
    async with served(registry) as address:
        yield {"registry": address, "commerce": closed}


@pytest.fixture(scope="module")
async def client(addresses: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the origin."""
    async with (
        served(create_app(OriginSettings(addresses, development=True)), "on") as address,
        httpx.AsyncClient(base_url=address, timeout=10) as made,
    ):
        yield made


async def test_method_path_query_headers_and_body_arrive_unchanged(client: httpx.AsyncClient) -> None:
    reply = await client.patch(
        "/api/registry/v1/products/R%C6%B0%E1%BB%A3u%2Fc%E1%BA%A7n?q=c%E1%BA%A7n&q=x", json={"name": "Rượu cần"}
    )
    seen = reply.json()
    assert seen["method"] == "PATCH"
    assert seen["path"] == "/api/registry/v1/products/R%C6%B0%E1%BB%A3u%2Fc%E1%BA%A7n"
    assert seen["query"] == "q=c%E1%BA%A7n&q=x"
    assert seen["headers"]["content-type"] == "application/json"
    assert "Rượu cần" in seen["body"]


async def test_the_service_learns_who_asks_and_by_which_address(client: httpx.AsyncClient) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "abc-1", "Connection": "x-secret", "X-Secret": "1"}
    reply = await client.get("/api/registry/v1/x", headers=headers)
    seen = reply.json()["headers"]
    assert seen["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert seen["x-forwarded-host"] == seen["host"] == client.base_url.netloc.decode()
    assert seen["x-request-id"] == reply.headers["x-request-id"] == "abc-1"
    assert "x-secret" not in seen, "headers of the client's own connection end here"


async def test_a_request_without_a_usable_id_gets_one(client: httpx.AsyncClient) -> None:
    reply = await client.get("/api/registry/v1/x", headers={"X-Request-Id": "<script>"})
    assert len(reply.headers["x-request-id"]) == 32
    assert reply.json()["headers"]["x-request-id"] == reply.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/p/49-01-0001", "/board/2023"])
async def test_public_pages_go_to_registry(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).json()["path"] == path


async def test_an_upload_without_a_length_is_streamed(client: httpx.AsyncClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000

    reply = await client.put("/api/registry/v1/files/1", content=parts())
    assert reply.json()["length"] == 4_000_000


async def test_an_upload_that_is_refused_early_gets_its_answer(client: httpx.AsyncClient, registry: StandIn) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000

    reply = await client.put("/api/registry/v1/refuses", content=parts())
    assert reply.status_code == 413
    assert (await client.get("/api/registry/v1/x")).status_code == 200
    assert len(registry.requests) == 2


async def test_a_large_answer_arrives_whole(client: httpx.AsyncClient) -> None:
    reply = await client.get("/api/registry/v1/big")
    assert len(reply.content) == 64 * 65_536
    assert reply.content[-1] == 63


async def test_answers_without_a_body_stay_without(client: httpx.AsyncClient) -> None:
    for _ in range(2):  # the second goes over the same connection
        assert (await client.head("/api/registry/v1/x")).content == b""
        nothing = await client.get("/api/registry/v1/nothing")
        assert (nothing.status_code, nothing.content, nothing.headers["etag"]) == (204, b"", '"1"')


async def test_events_come_at_once_and_the_service_learns_when_the_reader_leaves(
    client: httpx.AsyncClient, registry: StandIn
) -> None:
    async with client.stream("GET", "/api/registry/v1/events") as stream:
        first = await anext(stream.aiter_bytes())
    assert first == b"data: 1\n\n"
    await asyncio.wait_for(registry.hung_up.wait(), 5)


@pytest.mark.parametrize(
    ("spoken", "language", "says"),
    [("vi", "vi", "đang khởi động lại"), ("en-GB,vi;q=0.5", "en", "is restarting"), ("fr", "vi", "đang khởi động lại")],
)
async def test_a_service_that_is_down_is_a_problem_in_the_readers_language(
    client: httpx.AsyncClient, spoken: str, language: str, says: str
) -> None:
    reply = await client.post("/api/commerce/v1/outlets", json={}, headers={"Accept-Language": spoken})
    assert reply.status_code == 503
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["content-language"] == language
    assert reply.headers["retry-after"] == "2"
    problem = reply.json()
    assert problem["type"] == "/problems/unavailable"
    assert says in problem["detail"]
    assert "commerce" in problem["detail"]


@asynccontextmanager
async def breaking_off(times: int) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A service that closes the connection on its first requests without a word; its address, and what it was sent."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        if len(seen) > times:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen


@pytest.mark.parametrize(
    ("method", "headers", "status", "times"),
    [("GET", {}, 200, 2), ("POST", {"Idempotency-Key": "one"}, 200, 2), ("POST", {}, 502, 1)],
)
async def test_only_what_may_be_repeated_is_sent_again_when_the_service_breaks_off(
    method: str, headers: dict[str, str], status: int, times: int
) -> None:
    async with (
        breaking_off(1) as (service, seen),
        served(create_app(OriginSettings({"registry": service})), "on") as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        reply = await client.request(method, "/api/registry/v1/x", headers=headers)
    assert (reply.status_code, len(seen)) == (status, times)


async def test_a_second_break_is_told_to_the_client() -> None:
    async with (
        breaking_off(5) as (service, seen),
        served(create_app(OriginSettings({"registry": service})), "on") as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        reply = await client.get("/api/registry/v1/x")
    assert (reply.status_code, reply.json()["type"], len(seen)) == (502, "/problems/service-broke-off", 2)


async def test_ready_names_each_service(client: httpx.AsyncClient) -> None:
    reply = await client.get("/readyz")
    assert reply.status_code == 503
    states = reply.json()["services"]
    assert states["registry"] == {"status": "ready"}
    assert states["commerce"]["status"] == "down"


async def test_ready_only_when_all_are_and_the_first_data_is_loaded(registry: StandIn, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    async with served(registry) as service:
        app = create_app(OriginSettings({"registry": service}, loaded_file=loaded))
        async with served(app, "on") as address, httpx.AsyncClient(base_url=address) as client:
            waiting = await client.get("/readyz")
            loaded.touch()
            ready = await client.get("/readyz")
            registry.ready = False
            fallen = await client.get("/readyz")
    assert (waiting.status_code, waiting.json()["data"]) == (503, "loading")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert fallen.status_code == 503
    assert fallen.json()["services"]["registry"] == {"status": "not-ready", "detail": {"title": "no"}}


async def test_the_description_is_merged_and_cached_by_its_etag(registry: StandIn) -> None:
    async with served(registry) as service:
        app = create_app(OriginSettings({"registry": service, "notifier": service}))
        async with served(app, "on") as address, httpx.AsyncClient(base_url=address) as client:
            whole = await client.get("/openapi.json")
            again = await client.get("/openapi.json", headers={"If-None-Match": whole.headers["etag"]})
    assert sorted(whole.json()["paths"]) == ["/api/notifier/v1/things", "/api/registry/v1/things"]
    assert (again.status_code, again.content) == (304, b"")


async def test_the_description_waits_for_every_service(client: httpx.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).status_code == 503


async def test_the_docs_page_needs_nothing_from_outside(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    assert "http://" not in page
    assert "https://" not in page
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        asset = await client.get(f"/docs/static/{name}")
        assert (asset.status_code, asset.headers["content-encoding"]) == (200, "gzip")


async def test_the_home_page_speaks_vietnamese_first_and_links_a_sample(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert '<html lang="vi">' in page
    assert 'href="/p/49-01-0001"' in page
    assert "Rượu cần &lt;Hữu Nghị&gt;" in page
    assert "auditor" in page
    assert 'href="/docs"' in page


async def test_the_home_page_of_a_production_system_shows_no_people(addresses: dict[str, str]) -> None:
    async with (
        served(create_app(OriginSettings(addresses)), "on") as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        assert "auditor" not in (await client.get("/")).text


@pytest.mark.parametrize("path", ["/nowhere", "/api/unknown/v1/x", "/api"])
async def test_unknown_addresses_are_a_problem_document(client: httpx.AsyncClient, path: str) -> None:
    reply = await client.get(path)
    assert reply.status_code == 404
    assert reply.json()["type"] == "/problems/not-found"
