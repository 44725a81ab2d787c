"""The services' applications, built and asked once before the first fork: pages that a child only reads stay shared."""

import asyncio
import importlib

import httpx
from fastapi import FastAPI

from shared.http import middleware
from shared.logging import configure_logging

_REHEARSED: dict[str, FastAPI] = {}


def rehearse(service: str) -> None:
    """Build a service's application and ask it something, with nothing behind it.

    The interpreter rewrites code as it first runs it: done here, the pages of that code stay shared.
    """
    settings = importlib.import_module(f"{service}.settings").Settings
    chosen = settings(database_url="postgresql://nobody@127.0.0.1:1/none", environment="development")
    app: FastAPI = importlib.import_module(f"{service}.main").create_app(chosen)
    asyncio.run(_ask(app))
    _forget_what_was_counted()
    _REHEARSED[service] = app


def application(service: str) -> FastAPI:
    """A service's application with the settings of our environment: the rehearsed one where it is like ours."""
    if service in _REHEARSED:
        settings = importlib.import_module(f"{service}.settings").Settings()
        if settings.development and settings.otlp_endpoint is None:
            configure_logging(service, settings.log_level)
            _REHEARSED[service].state.settings = settings
            return _REHEARSED[service]
    made: FastAPI = importlib.import_module(f"{service}.main").create_app()
    return made


async def _ask(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rehearsal") as client:
        for path in ("/livez", "/nothing") * 8:  # the interpreter specialises what has run eight times
            await client.get(path)


def _forget_what_was_counted() -> None:
    for known in (middleware.counter, middleware.histogram):
        known.cache_clear()
    for metric in (middleware.REQUESTS, middleware.SECONDS):
        metric.clear()
