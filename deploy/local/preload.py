"""Imported once by the fork server, so that the four APIs and four workers share the memory of all this."""

import gc
import importlib
import importlib.util
import os
import signal
import ssl
import sys

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


def keep_apart() -> None:
    """Leave stopping to the supervisor: a signal for the whole group must not end the fork server under it."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def preload() -> None:
    """Import the libraries and the services, then keep the collector from touching (and so copying) their pages."""
    # Colour for terminals, 4 MiB: structlog would bring it for tracebacks, httpx for its command. Children write JSON.
    for colour in ("rich", "pygments"):
        sys.modules[colour] = None  # type: ignore[assignment]  # the documented way to make an import fail
    entry_points = [f"{service}.{part}" for service in SERVICES for part in ("main", "worker", "load")]
    for name in (*_LIBRARIES, "deploy.origin.server", *entry_points):
        try:
            importlib.import_module(name)
        except Exception as error:
            # The child that needs the module imports it again and reports the whole error in its own log.
            print(f"  (not preloaded: {name}: {error})", flush=True)
    ssl.create_default_context()  # makes OpenSSL load its algorithms, megabytes that every HTTP client needs
    configure_mappers()  # every process would otherwise do it for itself, and copy the memory of all tables
    from deploy.local.applications import rehearse

    for service in SERVICES:
        rehearse(service)
    gc.collect()
    gc.freeze()


keep_apart()
preload()
