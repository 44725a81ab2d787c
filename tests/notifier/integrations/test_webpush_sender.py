"""The web push adapter against a simulated push service: each status, several devices, services that are down."""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from deploy.simulators.webpush import PushService
from tests.notifier.providers import letter, served

from notifier.domain.push import PushDevice, decode
from notifier.integrations.channels import Refused, Taken, Unavailable, Uncertain
from notifier.integrations.outward_http import Answer, OutwardHttp
from notifier.integrations.push_encryption import Vapid
from notifier.integrations.turns import Turns
from notifier.integrations.webpush import WebPushSender, read_answer
from notifier.use_cases.push_devices import push_rules
from shared.ids import new_id

KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
WORDS = {"subject": "Còn {{ title }}", "body": "Việc {{ title }}", "channel": "webpush", "phone": "https://any"}


@dataclass
class Kept:
    """Devices of one person, in memory."""

    devices: list[PushDevice] = field(default_factory=list)
    reached: list[UUID] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)

    async def beside(self, _address: str) -> Sequence[PushDevice]:
        return [one for one in self.devices if one.contact_id not in self.gone]

    async def record(self, reached: Sequence[UUID], gone: Sequence[UUID]) -> None:
        self.reached += reached
        self.gone += gone


@dataclass
class World:
    """A push service, a person's devices there, and the sender."""

    service: PushService
    url: str
    kept: Kept
    sender: WebPushSender

    def device(self, name: str, url: str | None = None, **more: Any) -> Any:
        """A device of the person."""
        device = self.service.subscribe(name, **more)
        keys = device.subscription(url or self.url)
        row = PushDevice(new_id(), keys["endpoint"], decode(keys["keys"]["p256dh"]), device.auth)
        self.kept.devices.append(row)
        return device

    async def send(self, **more: Any) -> Taken:
        """Push a notice."""
        return await self.sender.send(letter(**{**WORDS, **more}))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    service, kept = PushService(), Kept()
    async with served(service.routes()) as url:
        vapid = Vapid(KEY, "mailto:ocop@example.vn")
        sender = WebPushSender(OutwardHttp(loopback=True), vapid, kept, push_rules(), loopback=True)
        yield World(service, url, kept, sender)
        await sender.close()


async def test_a_notice_reaches_every_device_which_alone_can_read_it(world: World) -> None:
    phone, laptop = world.device("phone"), world.device("laptop")
    about = new_id()
    taken = await world.send(about=about, seconds_left=3600)
    assert taken.reference
    for device in (phone, laptop):
        (shown,) = device.shown.values()
        assert (shown["title"], shown["body"]) == ("Còn Đánh giá", "Việc Đánh giá")
        assert shown["web"] == f"/duties/{about}"
    assert len(world.kept.reached) == 2


@pytest.mark.parametrize(
    ("more", "urgency", "ttl"),
    [
        ({"step": -7, "seconds_left": 600}, "normal", "600"),
        ({"step": -1, "seconds_left": 600}, "high", "600"),
        ({"step": 3, "kind": "escalation", "seconds_left": 10**9}, "high", "2419200"),
        ({"kind": "digest", "seconds_left": -5}, "low", "0"),
    ],
    ids=["early", "last day", "late", "digest"],
)
async def test_urgency_and_life_follow_the_notice(world: World, more: dict[str, Any], urgency: str, ttl: str) -> None:
    device = world.device("phone")
    await world.send(**more)
    (headers,) = device.headers
    assert (headers["urgency"], headers["ttl"]) == (urgency, ttl)
    assert len(headers["topic"]) == 32


async def test_a_newer_notice_about_the_same_duty_replaces_the_older(world: World) -> None:
    device, about = world.device("phone"), new_id()
    await world.send(about=about, body="Còn 7 ngày")
    await world.send(about=about, body="Còn 3 ngày")
    await world.send(about=new_id(), body="Việc khác")
    assert sorted(one["body"] for one in device.shown.values()) == ["Còn 3 ngày", "Việc khác"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_no_more_is_dropped_and_the_others_are_told(world: World, status: int) -> None:
    gone, phone = world.device("old"), world.device("phone")
    gone.gone = status
    await world.send()
    assert len(phone.shown) == 1
    assert world.kept.gone == [world.kept.devices[0].contact_id]
    asked = world.service.asked
    await world.send()
    assert world.service.asked == asked + 1


async def test_without_a_device_left_the_notice_is_refused_for_good(world: World) -> None:
    world.device("old").gone = 410
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            await world.send()
        assert (refused.value.final, refused.value.dead, refused.value.kind) == (True, True, "device_gone")


async def test_a_device_subscribed_with_another_key_is_refused_and_stays(world: World) -> None:
    world.device("phone", server_key="another")
    with pytest.raises(Refused) as refused:
        await world.send()
    assert (refused.value.kind, refused.value.dead) == ("key", False)
    assert not world.kept.gone


async def test_long_words_are_cut_to_what_a_record_holds(world: World) -> None:
    device = world.device("phone")
    await world.send(body="Đánh giá sản phẩm " * 1000)
    (shown,) = device.shown.values()
    assert shown["body"].endswith("…")


@pytest.mark.parametrize(("status", "wait"), [(429, 60), (503, 0), (500, 0)])
async def test_a_service_that_is_down_or_asks_for_time_rests(world: World, status: int, wait: int) -> None:
    world.device("phone")
    world.service.faults.status, world.service.wait = status, wait
    for _ in range(3):
        with pytest.raises(Unavailable):
            await world.send()
    assert world.service.asked == 1, "it is left alone meanwhile"


async def test_a_dead_push_service_does_not_keep_a_notice_from_the_devices_of_another(world: World) -> None:
    phone = world.device("phone")
    world.device("elsewhere", url="http://127.0.0.1:9")
    assert isinstance(await world.send(), Taken)
    assert len(phone.shown) == 1


async def test_a_lost_answer_is_uncertain_and_asking_again_shows_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notifier.integrations import outward_http, turns

    monkeypatch.setattr(outward_http, "WHOLE_SECONDS", 0.3)
    monkeypatch.setattr(turns, "REST_SECONDS", 0.0)
    device = world.device("phone")
    one = letter(**WORDS)
    world.service.faults.hang = 1.0
    with pytest.raises(Uncertain):
        await world.sender.send(one)
    world.service.faults.hang = 0.0
    for service in world.sender._services.values():
        service._rest_until = 0.0
    await world.sender.send(one)
    await world.sender.send(replace(one, attempt=2))
    assert len(device.shown) == 1


async def test_a_device_whose_address_leads_inside_is_dropped(world: World) -> None:
    world.device("phone", url="https://10.0.0.1")
    with pytest.raises(Refused) as refused:
        await world.send()
    assert refused.value.dead


@pytest.mark.parametrize(
    ("status", "kind", "final", "dead"),
    [
        (400, "refused", True, False),
        (401, "key", True, False),
        (403, "key", True, False),
        (404, "device_gone", True, True),
        (410, "device_gone", True, True),
        (413, "too_long", True, False),
    ],
)
def test_each_refusal_of_a_push_service_is_read(status: int, kind: str, final: bool, dead: bool) -> None:
    with pytest.raises(Refused) as refused:
        read_answer(Answer(status, {}, b""), Turns(1))
    assert (refused.value.kind, refused.value.final, refused.value.dead) == (kind, final, dead)


def test_a_service_that_asks_for_time_rests_as_long_as_it_asks() -> None:
    service = Turns(1)
    with pytest.raises(Unavailable):
        read_answer(Answer(429, {"retry-after": "120"}, b""), service)
    assert service.resting
    assert 100 < service._rest_until - time.monotonic() <= 120
