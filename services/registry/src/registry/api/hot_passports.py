"""Passports by code, answered before anything else of the application runs.

Shoppers ask for these by the thousand, and the framework around a route costs more than the read itself. Only plain
successes are answered here, with the bytes and headers of the ordinary route; everything else is passed on to it.
"""

import os
import time
from datetime import date

import asyncpg
from starlette.types import ASGIApp, Receive, Scope, Send

from registry.api.passports import FRESH, etag_of_document, find_passport
from shared.http.middleware import REQUESTS, SECONDS

PREFIX = "/api/registry/v1/passports/"
_ROUTE = f"{PREFIX}{{code}}"
_COUNTED = {status: REQUESTS.labels("GET", _ROUTE, status) for status in (200, 304)}
_TIMED = SECONDS.labels(_ROUTE)
_FRESH = (b"cache-control", FRESH.encode())
_JSON = (b"content-type", b"application/json")


class HotPassports:
    """ASGI middleware; must be the outermost."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a passport, or pass the request on."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        content = await _find(scope)
        if content is None:
            await self.app(scope, receive, send)
            return
        tag = etag_of_document(content).encode()
        known, trace = _headers_of(scope)
        headers = [(b"etag", tag), _FRESH, (b"x-trace-id", trace)]
        status = 304 if tag in known else 200
        if status == 200:
            headers += [_JSON, (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content if status == 200 else b""})
        _COUNTED[status].inc()
        _TIMED.observe(time.perf_counter() - began)


async def _find(scope: Scope) -> bytes | None:
    """The passport asked for; None for whatever the ordinary route should answer."""
    day: date | None = None
    query: bytes = scope["query_string"]
    try:
        if query:
            if not query.startswith(b"on="):
                return None
            day = date.fromisoformat(query[3:].decode("ascii"))
        return await find_passport(scope["app"].state.database, scope["path"][len(PREFIX) :], day)
    except ValueError:
        return None  # not a day: the ordinary route says so
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return None  # the ordinary route meets the same trouble and words it


def _headers_of(scope: Scope) -> tuple[bytes, bytes]:
    """(If-None-Match, the trace id: the caller's own or a new one)."""
    known, trace = b"", b""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            known = value
        elif name == b"traceparent" and len(value) == 55:
            trace = value[3:35]
    return known, trace or os.urandom(16).hex().encode()
