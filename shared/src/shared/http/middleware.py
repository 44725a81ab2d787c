"""What happens around every request: trace id, language, metrics, and a header that names the trace."""

import time
from collections.abc import Mapping
from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.correlation import follow
from shared.http.language import choose_language

REQUESTS = Counter("http_requests_total", "Requests by route and status", ["method", "route", "status"])
SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer by route",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


@cache
def _counter(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, status)


@cache
def _histogram(route: str) -> Histogram:
    return SECONDS.labels(route)


def observe(method: str, route: str, status: int, began: float) -> None:
    """Count an answer; `began` is what `time.perf_counter()` said when the request came."""
    _counter(method, route, status).inc()
    _histogram(route).observe(time.perf_counter() - began)


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
                message["headers"] = [*message["headers"], (b"x-trace-id", identity.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_trace)
        finally:
            observe(scope["method"], getattr(scope.get("route"), "path", "unmatched"), status, began)


async def metrics(_request: Request) -> Response:
    """`/metrics` in the Prometheus format; reached inside the cluster only, the origin does not pass it on."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
