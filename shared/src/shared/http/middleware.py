"""What happens around every request: trace id, language, metrics, a header that names the trace, a limit of size."""

import time
from collections.abc import Mapping
from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.correlation import follow
from shared.errors import TooLarge
from shared.http.language import choose_language
from shared.http.problems import render

REQUESTS = Counter("http_requests_total", "Requests by route and status", ["method", "route", "status"])
SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer by route",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)

_TRACE = b"x-trace-id"


@cache
def counter(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, status)


@cache
def histogram(route: str) -> Histogram:
    return SECONDS.labels(route)


def observe(method: str, route: str, status: int, began: float) -> None:
    """Count an answer; `began` is what `time.perf_counter()` said when the request came."""
    counter(method, route, status).inc()
    histogram(route).observe(time.perf_counter() - began)


def begin(headers: Mapping[bytes, bytes]) -> str:
    """Follow the caller's trace and choose the language of the answer; returns the trace id."""
    language, traceparent = headers.get(b"accept-language"), headers.get(b"traceparent")
    choose_language(None if language is None else language.decode("latin-1"))
    return follow(None if traceparent is None else traceparent.decode("latin-1"))


class RequestContext:
    """Pure ASGI middleware, so that streaming and hot reads pay next to nothing for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identity = begin(dict(scope["headers"]))
        began = time.perf_counter()
        status = 500

        async def send_with_trace(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                if all(name != _TRACE for name, _ in headers):  # a problem names its trace itself
                    message["headers"] = [*headers, (_TRACE, identity.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_trace)
        finally:
            observe(scope["method"], getattr(scope.get("route"), "path", "unmatched"), status, began)


class BodyLimit:
    """Refuses a body above `limit` bytes before it is read: by its declared length, or by counting.

    FastAPI's own limit does the same, but answers a declared length with plain text instead of a problem.
    `uploads` are other limits for paths that begin with a prefix.
    """

    def __init__(self, app: ASGIApp, limit: int, uploads: Mapping[str, int] | None = None) -> None:
        self.app, self.limit, self.uploads = app, limit, dict(uploads or {})

    def _limit_of(self, path: str) -> int:
        return next((limit for prefix, limit in self.uploads.items() if path.startswith(prefix)), self.limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and (len(declared) > len(str(limit)) or int(declared) > limit):
            await render(TooLarge())(scope, receive, send)
            return
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413)  # the one kind that FastAPI lets pass while it reads a body
            return message

        await self.app(scope, receive_counted, send)


async def metrics(_request: Request) -> Response:
    """`/metrics` in the Prometheus format; reached inside the cluster only, the origin does not pass it on."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
