"""Gauges of the queues are read when somebody scrapes them, and never between."""

import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from notifier.use_cases.watch_queues import look
from shared.db.engine import connection_lost

log = structlog.get_logger(__name__)

PATH = "/metrics"
FRESH_SECONDS = 5.0


class FreshGauges:
    """ASGI in front of `/metrics`: the queues are looked at, once in `FRESH_SECONDS` however many scrape."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self.app, self.state = app, state
        self._looked_at = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. While the database is away the gauges stay as they were, and the log says so."""
        if scope["type"] == "http" and scope["path"] == PATH and time.monotonic() - self._looked_at > FRESH_SECONDS:
            self._looked_at = time.monotonic()
            try:
                await look(self.state.database)
            except Exception as error:
                if not connection_lost(error):
                    raise
                log.warning("queues_not_seen", reason=type(error).__name__)
        await self.app(scope, receive, send)
