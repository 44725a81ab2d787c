"""What tests of registry share: the running application with its reference data, and its people."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.registry.world import load_demonstration, world  # noqa: F401  # a fixture

from registry.main import create_app
from registry.settings import Settings
from shared.ids import new_id
from shared.testing.plugin import TestDatabase, fresh_database, loaded_template


@dataclass
class Registry:
    """The application of one test with a client."""

    app: FastAPI
    http: httpx.AsyncClient
    settings: Settings

    async def token(self, code: str) -> str:
        """A platform token of a demonstration person."""
        answer = await self.http.post("/api/registry/v1/dev-tokens", json={"person": code})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def send(self, method: str, path: str, *, by: str | None = None, **options: Any) -> httpx.Response:
        """A request to `/api/registry/v1` + path; POSTs get a fresh key unless one is given."""
        headers = dict(options.pop("headers", {}))
        if by is not None:
            headers["Authorization"] = f"Bearer {await self.token(by)}"
        if method == "POST":
            headers.setdefault("Idempotency-Key", str(new_id()))
        return await self.http.request(method, f"/api/registry/v1{path}", headers=headers, **options)

    async def get(self, path: str, *, by: str | None = None, **params: Any) -> Any:
        """The JSON of a read that must succeed."""
        answer = await self.send("GET", path, by=by, params=params or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, *, by: str) -> Any:
        """The JSON of a POST that must succeed."""
        answer = await self.send("POST", path, by=by, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def move_clock(self, instant: str) -> None:
        """Move the programme's time."""
        answer = await self.send("PUT", "/dev-clock", json={"now": instant})
        assert answer.status_code == 200, answer.text


@asynccontextmanager
async def running(urls: Mapping[str, str], **settings: Any) -> AsyncIterator[Registry]:
    """The application on a database."""
    wanted = Settings(
        **{"database_url": urls["registry"], "environment": "development", "log_level": "WARNING", **settings}
    )
    app = create_app(wanted)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=wanted.public_url) as http:
            yield Registry(app, http, wanted)


@pytest.fixture(scope="session")
async def loaded(admin_url: str) -> str:
    """The name of a database with registry's reference data and demonstration people, on 2023-04-20."""
    return await loaded_template(admin_url, "registry", load_demonstration)


@pytest.fixture
async def loaded_database(admin_url: str, loaded: str) -> AsyncIterator[TestDatabase]:
    """A copy of `loaded` of this test's own."""
    async with fresh_database(admin_url, loaded) as fresh:
        yield fresh


@pytest.fixture
async def registry(loaded_database: TestDatabase) -> AsyncIterator[Registry]:
    """Registry with the demonstration people, on 2023-04-20, in a database of this test's own."""
    async with running(loaded_database.urls) as started:
        yield started
