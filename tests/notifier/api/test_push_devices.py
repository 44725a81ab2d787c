"""Devices over the API, and notices pushed to them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from deploy.simulators.webpush import PushService
from tests.notifier.providers import served

from notifier.integrations.outward_http import OutwardHttp
from notifier.integrations.push_encryption import Vapid
from notifier.integrations.webpush import WebPushSender
from notifier.main import create_app
from notifier.persistence.push_devices import PushDeviceStore
from notifier.settings import Settings
from notifier.use_cases.push_devices import push_rules
from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase

BASE = "/api/notifier/v1"
KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
CONTACT = "mailto:ocop@example.vn"


@dataclass
class World:
    """Notifier that pushes, a push service, and somebody with duties."""

    notifier: Any
    http: httpx.AsyncClient
    service: PushService
    url: str
    actor: Any

    async def post(self, path: str, body: Any = None, actor: Any = None) -> httpx.Response:
        headers = headers_for(actor or self.actor, key=True)
        return await self.http.post(f"{BASE}/{path}", json=body, headers=headers)

    async def add(self, name: str, actor: Any = None) -> httpx.Response:
        """A device subscribes with our key and is registered."""
        key = (await self.get("push-key")).json()["application_server_key"]
        known = self.service.devices.get(name) or self.service.subscribe(name, key)
        return await self.post("push-devices", known.subscription(self.url) | {"label": name}, actor)

    async def get(self, path: str, actor: Any = None) -> httpx.Response:
        return await self.http.get(f"{BASE}/{path}", headers=headers_for(actor or self.actor))


@pytest.fixture
async def world(notifier: Any, database: TestDatabase, make: Any) -> AsyncIterator[World]:
    service = PushService()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(served(service.routes()))
        settings = Settings(
            database_url=database.urls["notifier"],
            environment="development",
            outward_loopback=True,
            webpush_key=KEY,
            webpush_contact=CONTACT,
        )
        app = create_app(settings, verifier=test_verifier())
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))
        store = PushDeviceStore(notifier.database)
        sender = WebPushSender(OutwardHttp(loopback=True), Vapid(KEY, CONTACT), store, push_rules(), loopback=True)
        stack.push_async_callback(sender.close)
        notifier.context.resources["webpush"] = sender
        await notifier.admin.execute('UPDATE notifier.reminder_policies SET chains = \'[["webpush", "email"]]\'')
        actor = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT, person_id=make.known("sec502"))
        yield World(notifier, http, service, url, actor)


async def remind(world: World, make: Any, at: str = "2023-07-24T08:01:00+07:00") -> None:
    await world.notifier.clock(at)
    await world.notifier.tell(*make.deadlines(["502"]))
    await world.notifier.turn()
    await world.notifier.deliver()


async def test_a_notice_is_pushed_to_every_device_of_its_person_once(world: World, make: Any) -> None:
    for name in ("phone", "laptop"):
        assert (await world.add(name)).status_code == 201
    await remind(world, make)
    for device in world.service.devices.values():
        (shown,) = device.shown.values()
        assert shown["title"] == "Còn 7 ngày, hạn 31/07/2023"
        assert 0 < int(device.headers[0]["ttl"]) <= 86_400
    (row,) = await world.notifier.rows("SELECT state, address FROM notices WHERE channel = 'webpush' AND step = -7")
    assert row["state"] == "sent"
    assert not world.notifier.mail.mails
    listed = (await world.get("push-devices")).json()["items"]
    assert [one["label"] for one in listed] == ["phone", "laptop"]
    assert all(one["last_sent_at"] for one in listed)
    assert "endpoint" not in str(listed)


async def test_when_the_last_device_is_gone_the_next_channel_tells(world: World, make: Any) -> None:
    await world.add("phone")
    world.service.devices["phone"].gone = 410
    await remind(world, make)
    await world.notifier.turn()
    await world.notifier.deliver()
    assert len(world.notifier.mail.to("sec502@demo.ocop.example")) == 1
    (one,) = (await world.get("push-devices")).json()["items"]
    assert one["dead_at"]
    world.service.devices["phone"].gone = 0
    assert (await world.add("phone")).json()["dead_at"] is None, "it subscribed anew"


async def test_a_push_never_outlives_its_deadline(world: World, make: Any) -> None:
    await world.add("phone")
    await remind(world, make, "2023-07-31T23:50:00+07:00")
    (headers,) = world.service.devices["phone"].headers
    assert int(headers["ttl"]) <= 600
    assert headers["urgency"] == "high"


async def test_without_a_device_the_next_channel_is_taken_at_once(world: World, make: Any) -> None:
    await remind(world, make)
    assert len(world.notifier.mail.to("sec502@demo.ocop.example")) == 1


async def test_a_browser_of_somebody_else_now_belongs_to_who_signed_in_last(world: World) -> None:
    other = person(Role.DISTRICT_SECRETARY, "503", Level.DISTRICT)
    assert (await world.add("shared")).status_code == 201
    assert (await world.add("shared", other)).status_code == 201
    assert (await world.get("push-devices")).json()["items"] == []
    assert len((await world.get("push-devices", other)).json()["items"]) == 1


async def test_a_device_is_removed_by_its_owner_alone(world: World, make: Any) -> None:
    device = (await world.add("phone")).json()
    other = person(Role.DISTRICT_SECRETARY, "503", Level.DISTRICT)
    assert (await world.post(f"push-devices/{device['id']}/removal", None, other)).status_code == 404
    assert (await world.post(f"push-devices/{device['id']}/removal")).json()["items"] == []
    await remind(world, make)
    assert not world.service.devices["phone"].shown


async def test_a_person_has_so_many_devices(world: World) -> None:
    for n in range(push_rules().most_devices):
        assert (await world.add(f"d{n}")).status_code == 201
    assert (await world.add("more")).status_code == 409
    assert (await world.add("d0")).status_code == 201, "a known one may come again"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "https://10.0.0.1/push"}, "endpoint"),
        ({"endpoint": "ftp://push.example"}, "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}, "keys.p256dh"),
        ({"keys": {"p256dh": "B" + "A" * 86, "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}, "keys.p256dh"),
        ({"keys": {"p256dh": "!", "auth": "AAAA"}}, "keys.auth"),
    ],
    ids=["inside", "scheme", "short", "no point", "auth"],
)
async def test_a_subscription_that_cannot_be_used_is_refused(world: World, change: Any, field: str) -> None:
    draft = world.service.subscribe("phone").subscription(world.url)
    answer = await world.post("push-devices", draft | change)
    assert answer.status_code == 422, answer.text
    assert field in {fault["field"] for fault in answer.json()["errors"]}


async def test_a_system_without_a_key_says_so(notifier: Any, database: TestDatabase) -> None:
    app = create_app(
        Settings(database_url=database.urls["notifier"], environment="development"), verifier=test_verifier()
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http,
    ):
        path = f"{BASE}/push-key"
        answer = await http.get(path, headers=headers_for(person(Role.AUDITOR)))
    assert answer.status_code == 404


def test_half_an_account_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="webpush_contact"):
        Settings(database_url="postgresql://n:x@127.0.0.1/n", environment="development", webpush_key=KEY)
