"""Requests so frequent that the framework around them would cost more than they do, answered in front of it.

Each stands beside an ordinary route of the same path, which documents it and answers whatever the hot one leaves:
other methods, odd parameters, bodies that are not plain, failures.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Problem
from shared.http.etags import is_known
from shared.http.middleware import begin, observe
from shared.http.problems import render

MOST_BODY = 65_536
"""Bytes of a body that a hot write reads itself; larger ones go the ordinary way, untouched."""


@dataclass(slots=True)
class HotRequest:
    """What a hot route is given. Headers by their names in lower case; `body` is that of a write, whole."""

    state: Any
    """The application's."""
    scope: Scope
    headers: Mapping[bytes, bytes]
    body: bytes = b""

    @property
    def name(self) -> str:
        """The last segment of the path."""
        return str(self.scope["path"]).rpartition("/")[2]

    def header(self, name: bytes) -> str:
        """A header as text, empty without."""
        return self.headers.get(name, b"").decode("latin-1")


@dataclass(slots=True)
class HotAnswer:
    """A JSON document: the same bytes the ordinary route answers. A read tells its ETag and what caches may do."""

    content: bytes
    tag: str = ""
    cache_control: bytes = b""
    status: int = 200


HotRoute = Callable[[HotRequest], Awaitable[HotAnswer | None]]
"""Answers a plain success, or None to leave the request to the ordinary route; a Problem is told as that route does.

A write that failed in any other way is sent to the ordinary route, with its key: it may do twice no more than a caller
who repeats it.
"""


class HotRoutes:
    """ASGI in front of an application: routes by method and path, of which a GET's ends with its only parameter."""

    def __init__(self, app: ASGIApp, state: Any, routes: Mapping[tuple[str, str], HotRoute]) -> None:
        self.app, self.state = app, state
        self._reads = {path.rpartition("/")[0]: (path, route) for (how, path), route in routes.items() if how == "GET"}
        self._writes = {path: (path, route) for (how, path), route in routes.items() if how == "POST"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a hot request, or pass it on."""
        found = self._route_of(scope) if scope["type"] == "http" else None
        if found is not None:
            headers: dict[bytes, bytes] = dict(scope["headers"])
            body: bytes | None = b""
            if scope["method"] == "POST":
                body, receive = await _read(receive) if _is_plain(headers) else (None, receive)
            once = len(headers) == len(scope["headers"])  # a header that comes twice is no plain one
            asked = HotRequest(self.state, scope, headers, body or b"")
            if body is not None and once and await self._answered(*found, asked, scope, receive, send):
                return
        await self.app(scope, receive, send)

    def _route_of(self, scope: Scope) -> tuple[str, HotRoute] | None:
        if scope["method"] == "GET":
            return self._reads.get(scope["path"].rpartition("/")[0])
        return self._writes.get(scope["path"]) if scope["method"] == "POST" else None

    async def _answered(
        self, route: str, act: HotRoute, request: HotRequest, scope: Scope, receive: Receive, send: Send
    ) -> bool:
        began = time.perf_counter()
        trace = begin(request.headers).encode()
        try:
            answer = await act(request)
        except Problem as problem:
            await render(problem)(scope, receive, send)
            observe(scope["method"], route, problem.status, began)
            return True
        except Exception:  # the ordinary route meets the same trouble: it words and logs it as it does all
            return False
        if answer is None:
            return False
        status, content, told = answer.status, answer.content, [(b"x-trace-id", trace)]
        if answer.tag:
            told += [(b"etag", answer.tag.encode()), (b"cache-control", answer.cache_control)]
        if answer.tag and is_known(answer.tag, request.header(b"if-none-match")):
            status, content = 304, b""
        else:
            told += [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": content})
        observe(scope["method"], route, status, began)
        return True


def _is_plain(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a body is JSON of a declared, small size."""
    size = headers.get(b"content-length", b"")
    small = size.isdigit() and len(size) < 10 and int(size) <= MOST_BODY
    return small and headers.get(b"content-type") == b"application/json"


async def _read(receive: Receive) -> tuple[bytes | None, Receive]:
    """(a body, None when its sender went away; how the ordinary route receives the same)."""
    body, last = b"", await receive()
    while last["type"] == "http.request":
        body += last.get("body", b"")
        if not last.get("more_body", False):
            break
        last = await receive()
    whole = last["type"] == "http.request"
    ahead: list[Message] = [{"type": "http.request", "body": body} if whole else last]

    async def again() -> Message:
        return ahead.pop() if ahead else await receive()

    return (body if whole else None), again
