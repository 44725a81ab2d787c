"""What is loaded once before the first fork, so that the four APIs and four workers share its memory."""

import ctypes
import gc
import importlib
import importlib.util
import ssl
import sys

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

_M_ARENA_MAX = -8


def preload() -> None:
    """Import the libraries and the services, then keep the collector from touching (and so copying) their pages."""
    if sys.platform == "linux":  # one malloc arena: each thread of each process would otherwise keep one of its own
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
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
    from sqlalchemy.orm import configure_mappers

    from deploy.local.applications import rehearse

    ssl.create_default_context()  # makes OpenSSL load its algorithms, megabytes that every HTTP client needs
    configure_mappers()  # every process would otherwise do it for itself, and copy the memory of all tables
    for service in SERVICES:
        rehearse(service)
    gc.collect()
    gc.freeze()
