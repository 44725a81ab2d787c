"""People with addresses of their own: the API beside notifier's turns, and codes read where they arrived."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from notifier.main import create_app
from notifier.settings import Settings
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase

BASE = "/api/notifier/v1"
LINK_KEY = "signs links in tests, nothing else"
NOON = "2023-05-10T12:00:00+07:00"


class Caller:
    """A signed-in person at the API."""

    def __init__(self, client: httpx.AsyncClient, actor: Actor) -> None:
        self.client, self.actor = client, actor

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(f"{BASE}{path}", headers=headers_for(self.actor), params=query)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = headers_for(self.actor, key=True) | headers
        return await self.client.post(f"{BASE}{path}", headers=sent, json={} if body is None else body)

    async def change(self, method: str, path: str, version: int, body: Any = None) -> httpx.Response:
        headers = headers_for(self.actor) | {"If-Match": f'"v{version}"'}
        return await self.client.request(method, f"{BASE}{path}", headers=headers, json=body)


@pytest.fixture
async def http(notifier: Any, database: TestDatabase) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running application."""
    settings = Settings(database_url=database.urls["notifier"], environment="development", link_key=LINK_KEY)
    app = create_app(settings, verifier=test_verifier())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


@pytest.fixture
async def secretary(notifier: Any, make: Any, http: httpx.AsyncClient) -> Caller:
    """The secretary of district 502, appointed, in May 2023."""
    await notifier.clock(NOON)
    await notifier.tell(make.secretary("502"))
    actor = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT, person_id=make.known("sec502"), name="Người sec502")
    return Caller(http, actor)


@pytest.fixture
def caller(http: httpx.AsyncClient) -> Any:
    """Signs somebody in."""

    def sign_in(role: Role, unit: str = "49", level: Level = Level.PROVINCE, **more: Any) -> Caller:
        return Caller(http, person(role, unit, level, **more))

    return sign_in


def code_in(text: str) -> str:
    """The code that a message carries."""
    found = re.search(r"\b([0-9]{6})\b", text)
    assert found, text
    return found.group(1)


def newest_code(notifier: Any, address: str) -> str:
    """The code of the newest mail to an address."""
    return code_in(notifier.mail.text(notifier.mail.to(address)[-1]))
