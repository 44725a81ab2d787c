"""Imported once by the fork server, so that the four APIs and four workers share the memory of all this."""

import asyncio
import gc
import importlib
import importlib.util
import os
import signal
import ssl
import sys
from typing import Any

import httpx
from sqlalchemy.orm import configure_mappers

from deploy.local.settings import SERVICES

_LIBRARIES = (
    "aiosmtpd.smtp",
    "anyio._backends._asyncio",  # Starlette has it imported late
    "arq.worker",
    "asyncpg",
    "fastapi",
    "certifi",
    "httpcore",  # httpx imports it late
    "httpx",
    "jinja2",
    "joserfc.jwt",
    "pydantic.v1",  # FastAPI imports it late
    "pydantic_settings",
    "redis.asyncio",
    "segno",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.ext.asyncio",
    "structlog",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
)


_REHEARSED: list[object] = []
"""Kept, so that children put what they make into pages of their own instead of its gaps."""


def keep_apart() -> None:
    """Leave stopping to the supervisor: a signal for the whole group must not end the fork server under it."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _rehearse(service: str) -> object:
    """Build a service's application and ask it something, with nothing behind it.

    The interpreter rewrites code as it first runs it: done here, the pages of that code stay shared.
    """
    settings = importlib.import_module(f"{service}.settings").Settings
    chosen = settings(database_url="postgresql://nobody@127.0.0.1:1/none", environment="development")
    app = importlib.import_module(f"{service}.main").create_app(chosen)
    asyncio.run(_ask(app))
    return app


async def _ask(app: Any) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rehearsal") as client:
        for path in ("/livez", "/nothing") * 8:  # the interpreter specialises what has run eight times
            await client.get(path)


def preload() -> None:
    """Import the libraries and the services, then keep the collector from touching (and so copying) their pages."""
    # structlog would bring rich for tracebacks in colour, 4 MiB; our children write JSON.
    sys.modules["rich"] = None  # type: ignore[assignment]  # the documented way to make an import fail
    entry_points = [f"{service}.{part}" for service in SERVICES for part in ("main", "worker", "load")]
    for name in (*_LIBRARIES, "deploy.origin.server", *entry_points):
        try:
            importlib.import_module(name)
        except Exception as error:
            # The child that needs the module imports it again and reports the whole error in its own log.
            print(f"  (not preloaded: {name}: {error})", flush=True)
    ssl.create_default_context()  # makes OpenSSL load its algorithms, megabytes that every HTTP client needs
    configure_mappers()  # every process would otherwise do it for itself, and copy the memory of all tables
    _REHEARSED.extend(_rehearse(service) for service in SERVICES)
    gc.collect()
    gc.freeze()


keep_apart()
preload()
