"""The API of notifier over its test database."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from notifier.main import create_app
from notifier.settings import Settings
from shared.testing.people import test_verifier
from shared.testing.plugin import TestDatabase


@pytest.fixture
async def http(notifier: Any, database: TestDatabase) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running application."""
    settings = Settings(database_url=database.urls["notifier"], environment="development")
    app = create_app(settings, verifier=test_verifier())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client
