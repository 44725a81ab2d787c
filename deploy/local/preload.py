"""Imported once by the fork server, so that the four APIs and four workers share the memory of all this."""

import gc
import importlib
import importlib.util

from deploy.local.settings import SERVICES

_LIBRARIES = (
    "aiosmtpd.smtp",
    "arq.worker",
    "asyncpg",
    "fastapi",
    "httpx",
    "jinja2",
    "joserfc.jwt",
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


def preload() -> None:
    """Import the libraries and the services, then keep the collector from touching (and so copying) their pages."""
    entry_points = [f"{service}.{part}" for service in SERVICES for part in ("main", "worker", "load")]
    for name in (*_LIBRARIES, "deploy.origin.app", *entry_points):
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - a fork server without one service still serves the others
            # The child that needs the module imports it again and reports the whole error in its own log.
            print(f"  (not preloaded: {name}: {error})", flush=True)
    gc.collect()
    gc.freeze()


preload()
