"""Registering systems over the API."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.notifier.outward import KEY

from notifier.main import create_app
from notifier.settings import Settings
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase

BASE = "/api/notifier/v1"
SECRETARY, AUDITOR = person(Role.PROVINCE_SECRETARY), person(Role.AUDITOR)
DRAFT = {"name": "Hệ thống huyện", "url": "http://127.0.0.1:9/hook", "kinds": ["registry.plan_published"]}


@pytest.fixture
async def http(notifier: Any, database: TestDatabase) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(database, outward_loopback=True) as client:
        yield client


def _client(database: TestDatabase, **more: Any) -> Any:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def opened() -> AsyncIterator[httpx.AsyncClient]:
        url = database.urls["notifier"]
        values = {"database_url": url, "environment": "development", "token_key": KEY} | more
        app = create_app(Settings(**values), verifier=test_verifier())
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                yield client

    return opened()


async def post(http: httpx.AsyncClient, path: str, body: Any = None, actor: Any = SECRETARY) -> httpx.Response:
    return await http.post(f"{BASE}/{path}", json=body, headers=headers_for(actor, key=True))


async def get(http: httpx.AsyncClient, path: str, actor: Any = SECRETARY) -> httpx.Response:
    return await http.get(f"{BASE}/{path}", headers=headers_for(actor))


async def test_a_secret_is_shown_once_and_lies_sealed(http: httpx.AsyncClient, notifier: Any) -> None:
    made = await post(http, "webhooks", DRAFT)
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    one = f"webhooks/{made.json()['id']}"
    assert "secret" not in (await get(http, one)).json()
    assert "secret" not in (await get(http, "webhooks")).json()["items"][0]
    (row,) = await notifier.rows("SELECT secret FROM webhook_endpoints")
    assert made.json()["secret"].encode() not in row["secret"]
    again = (await post(http, f"{one}/secret-rotation")).json()
    assert again["secret"] != made.json()["secret"]
    assert again["old_secret_until"]


async def test_a_repeated_registration_is_answered_without_the_secret_which_no_table_holds(
    http: httpx.AsyncClient, notifier: Any
) -> None:
    headers = headers_for(SECRETARY, key=True)
    made, again = [await http.post(f"{BASE}/webhooks", json=DRAFT, headers=headers) for _ in range(2)]
    secret = made.json()["secret"]
    assert again.status_code == 201
    assert again.headers["Idempotent-Replay"] == "true"
    assert {**made.json(), "secret": None} == {"secret": None, **again.json()}
    (kept,) = await notifier.rows("SELECT body FROM idempotency_keys WHERE key = $1", headers["Idempotency-Key"])
    assert secret not in kept["body"]


async def test_only_the_province_secretary_acts_and_the_auditor_looks(http: httpx.AsyncClient) -> None:
    made = (await post(http, "webhooks", DRAFT)).json()
    officer = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT)
    reads = ("webhook-kinds", "webhooks", f"webhooks/{made['id']}", f"webhooks/{made['id']}/deliveries")
    for path in reads:
        answers = [(await get(http, path, one)).status_code for one in (SECRETARY, AUDITOR, officer)]
        assert answers == [200, 200, 403], path
    acts = ("pause", "resumption", "removal", "secret-rotation", "ping")
    for one in (AUDITOR, officer):
        assert (await post(http, "webhooks", DRAFT, one)).status_code == 403
        for act in acts:
            assert (await post(http, f"webhooks/{made['id']}/{act}", {"because": "because"}, one)).status_code == 403
        path = f"webhook-deliveries/{new_id()}/redelivery"
        assert (await post(http, path, None, one)).status_code == 403


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "http://127.0.0.1/hook"}, "scheme"),
        ({"url": "https://10.1.1.1/hook"}, "network"),
        ({"url": "https://localhost/hook"}, "network"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "network"),
        ({"url": "https://user:secret@8.8.8.8/"}, "credentials"),
        ({"url": "https://8.8.8.8:25/"}, "port"),
        ({"url": "https://no-such-name.invalid/"}, "unknown_name"),
    ],
    ids=["plain", "private", "localhost", "mapped", "credentials", "port", "unknown"],
)
async def test_an_address_that_may_not_be_called_is_refused_when_it_is_registered(
    notifier: Any, database: TestDatabase, change: dict[str, str], code: str
) -> None:
    async with _client(database) as http:
        answer = await post(http, "webhooks", DRAFT | change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "url"
    assert answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize(
    "change",
    [{"kinds": []}, {"kinds": ["evaluation.sheet_submitted"]}, {"kinds": ["webhook.ping"]}, {"units": ["x"]}],
    ids=["none", "blind", "ping", "unit"],
)
async def test_a_draft_that_cannot_be_told_is_refused(http: httpx.AsyncClient, change: dict[str, Any]) -> None:
    assert (await post(http, "webhooks", DRAFT | change)).status_code == 422


async def test_an_endpoint_is_changed_paused_resumed_and_removed(http: httpx.AsyncClient, notifier: Any) -> None:
    made = (await post(http, "webhooks", DRAFT)).json()
    one = f"webhooks/{made['id']}"
    put = {**headers_for(SECRETARY), "If-Match": '"v1"'}
    changed = await http.put(f"{BASE}/{one}", json=DRAFT | {"units": ["502"]}, headers=put)
    assert (changed.status_code, changed.json()["units"], changed.headers["etag"]) == (200, ["502"], '"v2"')
    assert (await http.put(f"{BASE}/{one}", json=DRAFT, headers=put)).status_code == 412
    assert (await post(http, f"{one}/pause", {"because": "Bảo trì"})).json()["state"] == "paused"
    assert (await post(http, f"{one}/ping")).status_code == 409
    assert (await post(http, f"{one}/pause", {"because": "again"})).status_code == 409
    assert (await post(http, f"{one}/resumption")).json()["because"] is None
    ping = (await post(http, f"{one}/ping")).json()
    assert (ping["kind"], ping["state"]) == ("webhook.ping", "waiting")
    assert (await post(http, f"webhook-deliveries/{ping['id']}/redelivery")).status_code == 409, "it has not ended"
    shown = (await get(http, f"{one}/deliveries")).json()["items"]
    assert [item["id"] for item in shown] == [ping["id"]]
    assert (await get(http, f"{one}/deliveries?state=failed")).json()["items"] == []
    assert (await post(http, f"{one}/removal")).status_code == 201
    assert (await get(http, one)).status_code == 404
    assert (await get(http, f"webhook-deliveries/{ping['id']}")).json()["state"] == "cancelled"
    acts = await notifier.admin.fetch("SELECT action FROM notifier.audit_entries WHERE subject = 'webhook' ORDER BY id")
    assert [row["action"] for row in acts] == ["register", "change", "pause", "resume", "ping", "remove"]


async def test_without_a_key_for_secrets_nobody_registers(notifier: Any, database: TestDatabase) -> None:
    async with _client(database, token_key=None) as http:
        assert (await post(http, "webhooks", DRAFT)).status_code == 409


def test_production_refuses_to_call_its_own_machine() -> None:
    with pytest.raises(ValueError, match="OUTWARD_LOOPBACK"):
        Settings(database_url="postgresql://n:x@127.0.0.1/n", environment="production", outward_loopback=True)
