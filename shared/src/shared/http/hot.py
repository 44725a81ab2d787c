"""Reads so frequent that the framework around them would cost more than they do, answered in front of it.

Each stands beside an ordinary route of the same path, which documents it and answers whatever the hot read does not:
other methods, parameters, failures.
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
class HotAnswer:
    """A JSON document with its ETag and what caches may do with it."""

    content: bytes
    tag: str
    cache_control: bytes


HotRead = Callable[[Any, str, Mapping[bytes, bytes]], Awaitable[HotAnswer | None]]
"""(the application's state, the path's last segment, headers) to an answer, or None to leave it to the route.

May raise a Problem; any other failure leaves the request to the route too, which tells it properly."""


class HotReads:
    """ASGI in front of an application: `reads` by path template, whose only parameter is the last segment."""

    def __init__(self, app: ASGIApp, state: Any, reads: Mapping[str, HotRead]) -> None:
        self.app, self.state = app, state
        self.reads = {template.rpartition("/")[0]: (template, read) for template, read in reads.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a hot read, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]:
            prefix, _, name = scope["path"].rpartition("/")
            found = self.reads.get(prefix)
            if found is not None and await self._answer(*found, name, scope, receive, send):
                return
        await self.app(scope, receive, send)

    async def _answer(
        self, template: str, read: HotRead, name: str, scope: Scope, receive: Receive, send: Send
    ) -> bool:
        began = time.perf_counter()
        headers = dict(scope["headers"])
        trace = (b"x-trace-id", begin(headers).encode())
        try:
            answer = await read(self.state, name, headers)
        except Problem as problem:
            refusal = render(problem)
            refusal.raw_headers.append(trace)
            await refusal(scope, receive, send)
            observe("GET", template, refusal.status_code, began)
            return True
        except Exception:  # the route tries again, and tells and logs what is wrong as it does for all failures
            return False
        if answer is None:
            return False
        status = 304 if is_known(answer.tag, headers.get(b"if-none-match", b"").decode("latin-1")) else 200
        told = [trace, (b"etag", answer.tag.encode()), (b"cache-control", answer.cache_control)]
        if status == 200:
            told += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer.content))]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": answer.content if status == 200 else b""})
        observe("GET", template, status, began)
        return True
