"""Reads so frequent that the framework around them would cost more than they do, answered in front of it.

Each stands beside an ordinary route of the same path, which documents it and answers whatever the hot read leaves:
other methods, odd parameters, failures.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import Problem
from shared.http.etags import is_known
from shared.http.middleware import begin, observe
from shared.http.problems import render


@dataclass(frozen=True, slots=True)
class HotRequest:
    """What a hot read is given: the last segment of the path, the query string and the headers, by their names in
    lower case."""

    state: Any
    """The application's."""
    name: str
    query: bytes
    headers: Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class HotAnswer:
    """A JSON document with its ETag and what caches may do with it: the same bytes the ordinary route answers."""

    content: bytes
    tag: str
    cache_control: bytes


HotRead = Callable[[HotRequest], Awaitable[HotAnswer | None]]
"""Answers a plain success, or None to leave the request to the ordinary route; a Problem is told as that route does."""


class HotRoutes:
    """ASGI in front of an application. `reads` by the path of their route, whose only parameter is the last segment."""

    def __init__(self, app: ASGIApp, state: Any, reads: Mapping[str, HotRead]) -> None:
        self.app, self.state = app, state
        self._reads = {path.rpartition("/")[0]: (path, read) for path, read in reads.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a hot read, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            parent, _, name = scope["path"].rpartition("/")
            found = self._reads.get(parent)
            if found is not None and await self._answered(*found, name, scope, receive, send):
                return
        await self.app(scope, receive, send)

    async def _answered(self, path: str, read: HotRead, name: str, scope: Scope, receive: Receive, send: Send) -> bool:
        began = time.perf_counter()
        headers = dict(scope["headers"])
        trace = begin(headers).encode()
        try:
            answer = await read(HotRequest(self.state, name, scope["query_string"], headers))
        except Problem as problem:
            refusal = render(problem)
            await refusal(scope, receive, send)
            observe("GET", path, problem.status, began)
            return True
        except Exception:  # the ordinary route meets the same trouble: it words and logs it as it does all
            return False
        if answer is None:
            return False
        known = is_known(answer.tag, headers.get(b"if-none-match", b"").decode("latin-1"))
        told = [(b"etag", answer.tag.encode()), (b"cache-control", answer.cache_control), (b"x-trace-id", trace)]
        if known:
            status, content = 304, b""
        else:
            status, content = 200, answer.content
            told += [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": content})
        observe("GET", path, status, began)
        return True
