"""A service's application running inside a test: real database, no sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg
import httpx
from fastapi import FastAPI


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The application between start and stop, and a client for it that sees answers as a real client does."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client


async def move_clock(admin_url: str, instant: str) -> None:
    """Let the programme's clock of this database show `instant` (ISO 8601 with offset) now, and run on from there."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(
            "UPDATE public.programme_clock SET ahead = $1::timestamptz - now()", datetime.fromisoformat(instant)
        )
    finally:
        await connection.close()
