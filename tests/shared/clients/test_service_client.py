"""Calls to another service cannot hang us, storm it, or hide what it said."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import pytest

from shared.clients import base
from shared.clients.base import BREAKER_WINDOW, CONNECT_SECONDS, READ_SECONDS, RETRIES, ServiceClient
from shared.clients.registry import RegistryClient
from shared.correlation import follow, trace_id
from shared.errors import NotFound, Problem, Unavailable

Answer = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class Neighbour:
    """A stand-in for another service that counts the calls it gets."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []
        self.client = ServiceClient("registry", "http://registry", httpx.MockTransport(self._handle))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answer(request)
        return answer if isinstance(answer, httpx.Response) else await answer

    @property
    def calls(self) -> int:
        return len(self.requests)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between tries take no time; returns how long they would have been."""
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(base.asyncio, "sleep", pause)
    return pauses


def ok(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"fine": True})


def broken(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(500)


def unreachable(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route")


def in_turn(*answers: Answer) -> Answer:
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response | Awaitable[httpx.Response]:
        return (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


async def test_the_callers_token_and_trace_go_along() -> None:
    neighbour = Neighbour(ok)
    follow(None)
    assert await neighbour.client.get_json("/x", token="abc", params={"on": "2023-01-01"}) == {"fine": True}
    (request,) = neighbour.requests
    assert request.headers["authorization"] == "Bearer abc"
    assert (trace_id() or "nothing") in request.headers["traceparent"]
    assert request.url.params["on"] == "2023-01-01"
    assert request.headers["accept"] == "application/json"


async def test_timeouts_are_short() -> None:
    neighbour = Neighbour(ok)
    await neighbour.client.get_json("/x")
    timeout = neighbour.requests[0].extensions["timeout"]
    assert (timeout["connect"], timeout["read"]) == (CONNECT_SECONDS, READ_SECONDS)
    assert CONNECT_SECONDS <= 1
    assert READ_SECONDS <= 3


async def test_a_service_that_hangs_is_given_up_after_its_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _reader.read()
        writer.close()

    monkeypatch.setattr(base, "READ_SECONDS", 0.05)
    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = ServiceClient("registry", f"http://127.0.0.1:{port}")
    began = time.monotonic()
    with pytest.raises(Unavailable) as refusal:
        await client.get_json("/x")
    assert time.monotonic() - began < 2
    assert refusal.value.extra["reason"] == "ReadTimeout"
    await client.close()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("first", [broken, unreachable])
async def test_a_passing_fault_is_tried_again_after_a_growing_jittered_pause(
    first: Answer, no_waiting: list[float]
) -> None:
    neighbour = Neighbour(in_turn(first, first, ok))
    assert await neighbour.client.get_json("/x") == {"fine": True}
    assert neighbour.calls == 3
    short, long = no_waiting
    assert 0.05 <= short <= 0.2
    assert 0.1 <= long <= 0.4


@pytest.mark.parametrize("fault", [broken, unreachable])
async def test_a_lasting_fault_is_tried_three_times_and_then_called_unavailable(fault: Answer) -> None:
    neighbour = Neighbour(fault)
    with pytest.raises(Unavailable) as refusal:
        await neighbour.client.get_json("/x")
    assert neighbour.calls == 1 + RETRIES
    assert refusal.value.headers["Retry-After"]
    assert "registry" in refusal.value.detail.vi


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 429])
async def test_a_refusal_is_not_tried_again_and_keeps_its_own_words(status: int) -> None:
    document = {"type": "/problems/its-own", "status": status, "detail": "Lời của dịch vụ kia"}
    neighbour = Neighbour(lambda _: httpx.Response(status, json=document))
    with pytest.raises(Problem) as refusal:
        await neighbour.client.get_json("/x")
    assert neighbour.calls == 1
    assert (refusal.value.status, refusal.value.slug, refusal.value.detail.vi) == (
        status,
        "its-own",
        "Lời của dịch vụ kia",
    )


async def test_not_found_is_not_found_and_not_tried_again() -> None:
    neighbour = Neighbour(lambda _: httpx.Response(404, text="<html>not even a problem</html>"))
    with pytest.raises(NotFound):
        await neighbour.client.get_json("/x")
    assert neighbour.calls == 1


@pytest.mark.parametrize(
    ("status", "headers", "content"),
    [
        (200, {}, b"<html>a page of a proxy</html>"),
        (200, {}, b"[1, 2]"),
        (200, {}, b"\xff\xfe\x00"),
        (200, {"Content-Encoding": "gzip"}, b"not gzip"),
        (302, {"Location": "/elsewhere"}, b""),
        (403, {}, b"<html>forbidden</html>"),
        (403, {}, b'["odd"]'),
    ],
)
async def test_an_answer_that_is_none_of_ours_is_unavailable_not_a_crash(
    status: int, headers: dict[str, str], content: bytes
) -> None:
    neighbour = Neighbour(lambda _: httpx.Response(status, headers=headers, stream=httpx.ByteStream(content)))
    with pytest.raises(Unavailable):
        await neighbour.client.get_json("/x")


async def test_retries_are_a_tenth_of_the_calls_at_most_once_the_first_few_are_spent() -> None:
    answers = iter(range(10_000))
    neighbour = Neighbour(lambda request: broken(request) if next(answers) % 3 == 0 else ok(request))
    failed = 0
    for _ in range(400):
        try:
            await neighbour.client.get_json("/x")
        except Unavailable:
            failed += 1
    assert failed > 0
    assert neighbour.calls <= 400 * 1.1 + 4


async def test_the_breaker_opens_spares_the_neighbour_and_closes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(base.time, "monotonic", lambda: now[0])
    neighbour = Neighbour(broken)
    while neighbour.calls < BREAKER_WINDOW:
        with pytest.raises(Unavailable):
            await neighbour.client.get_json("/x")
    spent = neighbour.calls
    for _ in range(50):
        with pytest.raises(Unavailable) as refusal:
            await neighbour.client.get_json("/x")
        assert refusal.value.extra["reason"] == "breaker-open"
    assert neighbour.calls == spent
    now[0] += base.BREAKER_SECONDS + 0.1
    neighbour.answer = ok
    assert await neighbour.client.get_json("/x") == {"fine": True}
    for _ in range(BREAKER_WINDOW):
        await neighbour.client.get_json("/x")


async def test_while_it_is_still_broken_a_reopened_breaker_lets_few_calls_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(base.time, "monotonic", lambda: now[0])
    neighbour = Neighbour(broken)
    for _ in range(100):
        with pytest.raises(Unavailable):
            await neighbour.client.get_json("/x")
    before = neighbour.calls
    now[0] += base.BREAKER_SECONDS + 0.1
    for _ in range(100):
        with pytest.raises(Unavailable):
            await neighbour.client.get_json("/x")
    assert neighbour.calls - before <= BREAKER_WINDOW


async def test_half_the_calls_failing_opens_the_breaker_a_third_does_not() -> None:
    for every, opens in ((2, True), (3, False)):
        count = iter(range(10_000))
        neighbour = Neighbour(
            lambda request, count=count, every=every: broken(request) if next(count) % every == 0 else ok(request)
        )
        reasons = set()
        for _ in range(60):
            try:
                await neighbour.client.get_json("/x")
            except Unavailable as refusal:
                reasons.add(refusal.extra["reason"])
        assert ("breaker-open" in reasons) is opens


async def test_not_found_and_refusals_do_not_open_the_breaker() -> None:
    neighbour = Neighbour(lambda _: httpx.Response(404))
    for _ in range(BREAKER_WINDOW * 2):
        with pytest.raises(NotFound):
            await neighbour.client.get_json("/x")
    assert neighbour.calls == BREAKER_WINDOW * 2


async def test_a_unit_is_asked_for_by_code_and_day_and_later_fields_are_ignored() -> None:
    unit = {
        "code": "20335",
        "name": "Tân Thạnh",
        "full_name": "Phường Tân Thạnh",
        "level": "commune",
        "parent_code": "502",
        "province_code": "49",
        "district_code": "502",
        "valid_from": "2023-04-10",
        "valid_to": None,
        "kind": "ward",
        "successors": [],
    }
    neighbour = Neighbour(lambda _: httpx.Response(200, json=unit))
    found = await RegistryClient(neighbour.client).unit("20335", date(2023, 11, 15), "abc")
    assert (found.full_name, found.district_code) == ("Phường Tân Thạnh", "502")
    assert str(neighbour.requests[0].url) == "http://registry/api/registry/v1/units/20335?on=2023-11-15"
    await RegistryClient(neighbour.client).unit("../x?y", date(2023, 11, 15), "abc")
    assert neighbour.requests[1].url.raw_path.startswith(b"/api/registry/v1/units/..%2Fx%3Fy?")
