"""Systems of others are told once in effect, for a bounded time, and none delays another."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from deploy.simulators.webhooks import WebhookReceiver
from tests.notifier.outward import SECRETARY, Systems, systems_for
from tests.notifier.providers import served

from notifier.persistence.webhooks import webhook_rules
from notifier.tasks.webhooks import tell_of_failed_notices
from notifier.use_cases import tell_systems
from shared.contracts.registry import PlanPublished
from shared.contracts.roles import Level, Role
from shared.db.pages import PageRequest

MISSED = "notifier.obligation_missed"
PLAN = "registry.plan_published"


@dataclass
class World:
    """Notifier and systems that it tells."""

    systems: Systems
    stack: AsyncExitStack
    receivers: dict[str, WebhookReceiver] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    async def receiver(self, name: str, *kinds: str, units: list[str] | None = None) -> WebhookReceiver:
        """A registered system on a server of its own."""
        receiver = WebhookReceiver(path=f"/{name}")
        url = await self.stack.enter_async_context(served(receiver.routes()))
        self.ids[name], receiver.secret = await self.systems.register(f"{url}/{name}", *kinds, units=units)
        self.receivers[name] = receiver
        return receiver

    async def plans(self, make: Any, count: int = 1) -> None:
        """So many plans are published."""
        plans = [
            PlanPublished(plan_id=make.known(f"plan {n}"), year=2023, province_code="49", title="Kế hoạch")
            for n in range(count)
        ]
        await self.systems.notifier.tell(*plans)

    async def endpoint(self, name: str) -> dict[str, Any]:
        """Its row."""
        found: list[dict[str, Any]] = await self.systems.notifier.rows(
            "SELECT * FROM webhook_endpoints WHERE id = $1", self.ids[name]
        )
        return found[0]


@pytest.fixture
async def world(notifier: Any) -> AsyncIterator[World]:
    await notifier.clock("2023-02-01T09:00:00+07:00")
    async with AsyncExitStack() as stack:
        systems = await stack.enter_async_context(systems_for(notifier))
        yield World(systems, stack)


async def test_events_received_and_events_of_our_own_are_told_to_who_subscribed(
    world: World, notifier: Any, make: Any
) -> None:
    plans, misses = await world.receiver("plans", PLAN), await world.receiver("misses", MISSED)
    await world.plans(make)
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.at("2023-08-01T00:00:05+07:00")
    await world.systems.send_all()
    (plan,) = plans.messages.values()
    assert plan["type"] == PLAN
    assert plan["data"]["link"] == f"https://ocop.example/api/registry/v1/plans/{make.known('plan 0')}"
    (missed,) = misses.messages.values()
    assert (missed["data"]["unit_code"], missed["data"]["due_on"]) == ("502", "2023-07-31")
    assert set(missed["data"]) == {
        *("obligation_id", "code", "period", "due_on", "year", "revision", "unit_code", "link")
    }
    assert [row["state"] for row in await world.systems.deliveries()] == ["delivered"] * 2


async def test_a_system_hears_only_of_its_units(world: World, notifier: Any, make: Any) -> None:
    own, everything = await world.receiver("own", MISSED, PLAN, units=["503"]), await world.receiver("all", MISSED)
    await world.plans(make)
    await notifier.tell(*make.deadlines(["502", "503"]))
    await notifier.at("2023-08-01T00:00:05+07:00")
    await world.systems.send_all()
    assert [m["data"]["unit_code"] for m in own.messages.values()] == ["503"]
    assert len(everything.messages) == 2


async def test_an_event_delivered_five_times_is_told_once(world: World, notifier: Any, make: Any) -> None:
    receiver = await world.receiver("plans", PLAN)
    plan = PlanPublished(plan_id=make.known("plan"), year=2023, province_code="49", title="Kế hoạch")
    told = make.told(plan)
    for _ in range(5):
        await notifier.tell(told)
    await world.systems.send_all()
    assert receiver.asked == 1


async def test_an_answer_that_was_lost_is_tried_again_with_the_same_identity(
    world: World, notifier: Any, make: Any
) -> None:
    receiver = await world.receiver("plans", PLAN)
    receiver.faults.lose = 1
    await world.plans(make)
    await world.systems.send_all()
    await world.systems.pass_time(10)
    await world.systems.send_all()
    assert (receiver.asked, len(receiver.messages)) == (2, 1)
    (row,) = await world.systems.deliveries()
    tries = await notifier.rows("SELECT status, error FROM webhook_attempts ORDER BY attempt")
    assert (row["state"], [one["status"] for one in tries]) == ("delivered", [504, 204])


async def test_a_dead_system_does_not_delay_others(world: World, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from notifier.integrations import outward_http

    monkeypatch.setattr(outward_http, "WHOLE_SECONDS", 4)
    dead, good = await world.receiver("dead", PLAN), await world.receiver("good", PLAN)
    dead.faults.hang = 30
    await world.plans(make, 40)
    began = time.monotonic()
    await world.systems.send_all()
    assert len(good.messages) == 40
    assert dead.asked <= 5, "its share of the first turn; then it rests"
    assert time.monotonic() - began < 20


async def test_a_system_that_is_dead_for_a_day_costs_as_many_tries_as_the_rules_say(world: World, make: Any) -> None:
    receiver = await world.receiver("dead", PLAN)
    receiver.faults.status = 500
    await world.plans(make)
    for _ in range(24 * 12):
        await world.systems.send_all()
        await world.systems.look_after()
        await world.systems.pass_time(300)
    within = 1 + sum(sum(webhook_rules().pauses[: n + 1]) < 86_400 for n in range(len(webhook_rules().pauses)))
    assert within - 1 <= receiver.asked <= within
    receiver.faults.status = 0
    await world.systems.pass_time(86_400)
    await world.systems.send_all()
    assert len(receiver.messages) == 1
    assert (await world.endpoint("dead"))["failures"] == 0


async def test_a_message_has_a_bounded_life_and_can_then_be_sent_anew_by_hand(world: World, make: Any) -> None:
    receiver = await world.receiver("dead", PLAN)
    receiver.faults.status = 500
    await world.plans(make)
    for _ in range(20):
        await world.systems.send_all()
        await world.systems.pass_time(90_000)
    (row,) = await world.systems.deliveries()
    await world.systems.look_after()
    (row,) = await world.systems.deliveries()
    assert row["state"] == "failed"
    assert receiver.asked <= 10
    receiver.faults.status = 0
    async with world.systems.notifier.context.uow() as uow:
        await tell_systems.redeliver(uow, SECRETARY, row["id"])
    await world.systems.send_all()
    assert list(receiver.messages) == [f"msg_{row['id'].hex}"]


async def test_gone_switches_off_at_once_and_tells_the_owner(world: World, notifier: Any, make: Any) -> None:
    await notifier.tell(
        make.appointed("owner", Role.PROVINCE_SECRETARY, "49", Level.PROVINCE).model_copy(
            update={"person_id": SECRETARY.person_id}
        )
    )
    receiver = await world.receiver("gone", PLAN)
    receiver.faults.status = 410
    await world.plans(make, 3)
    await world.systems.send_all()
    await world.systems.look_after()
    await world.systems.look_after()
    assert (await world.endpoint("gone"))["state"] == "disabled"
    assert "waiting" not in {row["state"] for row in await world.systems.deliveries()}
    await notifier.deliver()
    (mail,) = notifier.mail.to("owner@demo.ocop.example")
    assert "Hệ thống Thử" in mail["Subject"]
    async with notifier.context.uow() as uow:
        rows, _ = await uow.notices.inbox(SECRETARY.person_id, PageRequest())
    assert [row.notice.kind for row in rows] == ["webhook"]
    before = receiver.asked
    await world.plans(make, 2)
    await world.systems.send_all()
    assert receiver.asked == before


async def test_only_failures_for_days_switch_off_and_a_success_begins_anew(world: World, make: Any) -> None:
    receiver = await world.receiver("flaky", PLAN)
    receiver.faults.status = 503
    await world.plans(make)
    for days in range(3):
        await world.systems.send_all()
        await world.systems.look_after()
        assert (await world.endpoint("flaky"))["state"] == "active", days
        await world.systems.pass_time(86_400)
    receiver.faults.status = 0
    await world.systems.send_all()
    assert (await world.endpoint("flaky"))["failing_since"] is None
    receiver.faults.status = 503
    for _ in range(6):
        await world.plans(make)
        await world.systems.notifier.tell(
            PlanPublished(plan_id=make.known("more"), year=2024, province_code="49", title="Kế hoạch")
        )
        await world.systems.send_all()
        await world.systems.pass_time(86_400)
        await world.systems.look_after()
    assert (await world.endpoint("flaky"))["state"] == "disabled"


async def test_a_system_that_asks_for_time_is_given_it(world: World, make: Any) -> None:
    receiver = await world.receiver("slow", PLAN)
    receiver.faults.status, receiver.wait = 429, 3000
    await world.plans(make)
    await world.systems.send_all()
    receiver.faults.status = 0
    await world.systems.pass_time(2900)
    assert await world.systems.send() == 0
    await world.systems.pass_time(200)
    await world.systems.send_all()
    assert len(receiver.messages) == 1


async def test_a_redirect_is_a_failure_and_its_aim_is_never_asked(world: World, make: Any) -> None:
    inside = await world.receiver("inside")
    receiver = await world.receiver("moved", PLAN)
    receiver.redirect = (await world.endpoint("inside"))["url"]
    await world.plans(make)
    await world.systems.send_all()
    (row,) = await world.systems.deliveries()
    assert (row["state"], row["reason"], inside.asked) == ("waiting", "redirect", 0)


async def test_while_a_secret_changes_old_and_new_verify_and_later_only_the_new(world: World, make: Any) -> None:
    receiver = await world.receiver("plans", PLAN)
    async with world.systems.notifier.context.uow() as uow:
        _, new = await tell_systems.rotate(uow, SECRETARY, world.systems.seal.close, world.ids["plans"])
    await world.plans(make)
    await world.systems.send_all()
    assert len(receiver.messages) == 1, "the receiver still has the old secret"
    await world.systems.pass_time(webhook_rules().rotation_overlap + 1)
    old, receiver.secret = receiver.secret, new
    await world.systems.notifier.tell(
        PlanPublished(plan_id=make.known("next"), year=2024, province_code="49", title="Kế hoạch")
    )
    await world.systems.send_all()
    assert len(receiver.messages) == 2
    assert old != new
    assert len(receiver.headers[-1]["webhook-signature"].split()) == 1


async def test_what_happens_while_a_system_is_paused_waits_and_a_removed_one_is_told_nothing(
    world: World, make: Any
) -> None:
    paused, removed = await world.receiver("paused", PLAN), await world.receiver("removed", PLAN)
    async with world.systems.notifier.context.uow() as uow:
        await tell_systems.pause(uow, SECRETARY, world.ids["paused"], "Bảo trì")
    await world.plans(make)
    async with world.systems.notifier.context.uow() as uow:
        await tell_systems.remove(uow, SECRETARY, world.ids["removed"])
    await world.systems.send_all()
    assert (paused.asked, removed.asked) == (0, 0)
    async with world.systems.notifier.context.uow() as uow:
        await tell_systems.resume(uow, SECRETARY, world.ids["paused"])
    await world.systems.send_all()
    assert (len(paused.messages), removed.asked) == (1, 0)


async def test_pausing_the_channel_holds_every_message(world: World, notifier: Any, make: Any) -> None:
    receiver = await world.receiver("plans", PLAN)
    async with notifier.context.uow() as uow:
        await uow.channels.pause("webhook", "Bảo trì")
    await world.plans(make)
    await world.systems.send_all()
    assert receiver.asked == 0
    async with notifier.context.uow() as uow:
        await uow.channels.resume("webhook")
    await world.systems.send_all()
    assert receiver.asked == 1


async def test_a_message_whose_worker_died_is_sent_by_another(world: World, notifier: Any, make: Any) -> None:
    receiver = await world.receiver("plans", PLAN)
    await world.plans(make)
    (row,) = await world.systems.deliveries()
    async with notifier.context.uow() as uow:
        assert await uow.webhook_deliveries.claim(row["id"])
    await world.systems.look_after()
    assert await world.systems.send() == 0, "its worker may still be at it"
    await world.systems.pass_time(90)
    await world.systems.look_after()
    await world.systems.send_all()
    assert len(receiver.messages) == 1


async def test_a_notice_that_failed_is_told_once(world: World, notifier: Any, make: Any) -> None:
    receiver = await world.receiver("failures", "notifier.notice_failed")
    notifier.mail.poison = {"sec502@demo.ocop.example"}
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.at("2023-07-24T08:01:00+07:00")
    await notifier.admin.execute(
        "UPDATE notifier.notices SET state = 'failed', reason = 'refused' WHERE channel = 'email' AND step = -7"
    )
    for _ in range(2):
        async with notifier.context.uow() as uow:
            await tell_of_failed_notices(uow)
        await world.systems.send_all()
    (message,) = receiver.messages.values()
    assert (message["data"]["channel"], message["data"]["unit_code"]) == ("email", "502")
    assert "sec502" not in str(message)
    await notifier.admin.execute("UPDATE notifier.obligations SET state = 'open'")
    async with notifier.context.uow() as uow:
        assert await uow.channels.replay(channel="email")
    await notifier.admin.execute("UPDATE notifier.notices SET state = 'failed' WHERE channel = 'email' AND step = -7")
    async with notifier.context.uow() as uow:
        await tell_of_failed_notices(uow)
    await world.systems.send_all()
    assert len(receiver.messages) == 2, "it was taken up again and failed again"


async def operation_of(notifier: Any) -> tuple[dict[str, Any], dict[tuple[str, str | None], int]]:
    """(the channel of systems, its failures by state and reason) as GET /operation reads them."""
    async with notifier.context.uow() as uow:
        seen = await uow.channels.operation(7)
    (channel,) = [one for one in seen.channels if one["code"] == "webhook"]
    failures = {(f["state"], f["reason"]): f["notices"] for f in seen.failures if f["channel"] == "webhook"}
    return channel, failures


async def test_the_operation_counts_what_waits_for_systems_its_age_and_why_it_failed(
    world: World, notifier: Any, make: Any
) -> None:
    good, dead = await world.receiver("good", PLAN), await world.receiver("dead", PLAN)
    dead.faults.status = 500
    channel, failures = await operation_of(notifier)
    assert (channel["waiting"], channel["oldest_waiting_seconds"], failures) == (0, None, {})
    await world.plans(make, 3)
    channel, _ = await operation_of(notifier)
    assert (channel["waiting"], channel["made_last_hour"], channel["taken_last_hour"]) == (6, 6, 0)
    await world.systems.send_all()
    channel, _ = await operation_of(notifier)
    assert (channel["waiting"], channel["sending"], channel["taken_last_hour"]) == (3, 0, len(good.messages))
    await world.systems.pass_time(7200)
    channel, _ = await operation_of(notifier)
    assert 7200 <= channel["oldest_waiting_seconds"] < 7300
    await world.systems.pass_time(webhook_rules().life)
    await world.systems.look_after()
    channel, failures = await operation_of(notifier)
    assert (channel["waiting"], failures) == (0, {("failed", "gave_up"): 3})
    dead.faults.status = 410
    await notifier.tell(PlanPublished(plan_id=make.known("next"), year=2024, province_code="49", title="Kế hoạch"))
    await world.plans(make)
    await world.systems.send()
    _, failures = await operation_of(notifier)
    assert failures == {("failed", "gave_up"): 3, ("failed", "gone"): 1, ("cancelled", "endpoint_disabled"): 1}


async def test_a_message_sent_anew_by_hand_is_as_old_as_its_new_life(world: World, notifier: Any, make: Any) -> None:
    await world.receiver("plans", PLAN)
    await world.plans(make)
    await world.systems.send_all()
    await notifier.admin.execute(
        "UPDATE notifier.webhook_deliveries SET created_at = created_at - interval '60 days',"
        " give_up_at = give_up_at - interval '60 days'"
    )
    (row,) = await world.systems.deliveries()
    async with notifier.context.uow() as uow:
        await tell_systems.redeliver(uow, SECRETARY, row["id"])
    channel, _ = await operation_of(notifier)
    assert (channel["waiting"], channel["oldest_waiting_seconds"] < 60) == (1, True)
