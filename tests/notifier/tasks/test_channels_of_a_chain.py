"""Chains over several channels: failover, receipts, what is unknown, and that nothing spoils anything else."""

import asyncio
import time
from typing import Any

import pytest
from sqlalchemy import text
from tests.notifier.providers import give_phone, letter, providers_for

from notifier.data import read_json
from notifier.domain.policies import read_policies
from notifier.domain.receipts import Receipt
from notifier.tasks.deliveries import CHANNEL_WORK, ask_what_is_unknown

DUE = "2023-07-24T08:01:00+07:00"
PHONES = {"502": "0912345502", "503": "0912345503", "504": "0912345504"}


def network_form(unit: str) -> str:
    return "84" + PHONES[unit][1:]


async def waiting(notifier: Any, make: Any, units: list[str]) -> None:
    await notifier.clock(DUE)
    for unit in units:
        await give_phone(notifier, make.known(f"sec{unit}"), PHONES[unit])
    await notifier.tell(*make.deadlines(units))
    await notifier.turn()


async def told(notifier: Any) -> list[tuple[Any, ...]]:
    rows = await notifier.rows(
        "SELECT unit_code, channel, state, reason FROM notices WHERE step = -7 ORDER BY unit_code, id"
    )
    return [tuple(row.values()) for row in rows]


async def set_back(notifier: Any, seconds: int) -> None:
    """Let so much real time have passed for every notice."""
    columns = ("next_try_at", "leased_until", "give_up_at", "claimed_at", "created_at", "uncertain_at")
    changes = ", ".join(f"{name} = {name} - make_interval(secs => {seconds})" for name in columns)
    await notifier.admin.execute(f"UPDATE notifier.notices SET {changes}")


async def settle(notifier: Any, times: int = 3) -> None:
    for _ in range(times):
        await notifier.turn()
        await notifier.deliver()


async def take(notifier: Any, channel: str, *receipts: Receipt) -> int:
    async with notifier.context.uow() as uow:
        return int(await uow.receipts.keep(channel, receipts))


async def ids(notifier: Any, channel: str) -> list[Any]:
    rows = await notifier.rows("SELECT id FROM notices WHERE channel = $1 AND step = -7 ORDER BY unit_code", channel)
    return [row["id"] for row in rows]


async def test_a_message_that_did_not_arrive_goes_on_by_zalo_and_one_that_did_stays(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "zns", "email"]]) as providers:
        await waiting(notifier, make, ["502", "503"])
        await notifier.deliver()
        assert len(providers.sms.messages) == 2
        first, second = await ids(notifier, "sms")
        undelivered, delivered = Receipt(first, "undelivered", "undelivered"), Receipt(second, "delivered", "delivered")
        for _ in range(3):
            assert await take(notifier, "sms", undelivered, delivered) == 2
        await settle(notifier)
    assert await told(notifier) == [
        ("502", "sms", "failed", "undelivered"),
        ("502", "zns", "sent", None),
        ("503", "sms", "delivered", None),
    ]
    assert [message["phone"] for message in providers.zns.messages] == [network_form("502")]
    assert notifier.mail.mails == []


async def test_a_dead_number_goes_on_at_once_and_is_not_tried_again(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "email"]]) as providers:
        providers.sms.codes[network_form("502")] = "108"
        await waiting(notifier, make, ["502"])
        await notifier.deliver()
        await settle(notifier)
        assert await told(notifier) == [("502", "sms", "failed", "phone"), ("502", "email", "sent", None)]
        await notifier.at("2023-07-28T08:00:00+07:00")
        assert providers.sms.asked == 1
    assert len(notifier.mail.mails) == 2


async def test_receipts_in_any_order_and_number_never_move_a_status_back(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "email"]]):
        await waiting(notifier, make, ["502", "503", "504"])
        await notifier.deliver()
        a, b, c = await ids(notifier, "sms")
        await take(notifier, "sms", Receipt(a, "delivered", "delivered"))
        await take(notifier, "sms", Receipt(a, "undelivered", "undelivered"))
        await take(notifier, "sms", Receipt(b, "undelivered", "undelivered"), Receipt(b, "delivered", "delivered"))
        assert await take(notifier, "email", Receipt(c, "undelivered", "bounced", dead=True)) == 0
        await settle(notifier)
    assert [state for _, channel, state, _ in await told(notifier) if channel == "sms"] == [
        "delivered",
        "delivered",
        "sent",
    ]
    assert notifier.mail.mails == []
    assert await notifier.rows("SELECT 1 FROM contacts WHERE dead_at IS NOT NULL") == []


async def test_a_receipt_that_comes_before_the_answer_is_recorded_counts_afterwards(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "email"]]):
        await waiting(notifier, make, ["502"])
        find, _ = CHANNEL_WORK["sms"]
        async with notifier.context.uow() as uow:
            (notice_id,) = await find(uow)
        async with notifier.context.uow() as uow:
            claimed = await uow.deliveries.claim(notice_id)
        await take(notifier, "sms", Receipt(notice_id, "delivered", "delivered"))
        assert (await told(notifier))[0][2] == "sending"
        async with notifier.context.uow() as uow:
            await uow.deliveries.record_sent(claimed, "x", 2)
            await uow.receipts.apply()
        (row,) = await notifier.rows("SELECT state, segments, cost FROM notices WHERE id = $1", notice_id)
    assert tuple(row.values()) == ("delivered", 2, 1700)


async def test_what_is_not_known_to_have_arrived_in_time_goes_on_once(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "zns"]]) as providers:
        await waiting(notifier, make, ["502"])
        await notifier.deliver()
        await set_back(notifier, 14_300)
        await settle(notifier)
        assert providers.zns.messages == []
        await set_back(notifier, 200)
        await settle(notifier)
    assert await told(notifier) == [("502", "sms", "sent", None), ("502", "zns", "sent", None)]
    assert len(providers.zns.messages) == 1


async def test_a_lost_answer_is_asked_for_by_reference_and_the_message_leaves_once(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "email"]]) as providers:
        providers.sms.faults.lose = 1
        await waiting(notifier, make, ["502"])
        await notifier.deliver()
        assert await told(notifier) == [("502", "sms", "unknown", "unconfirmed")]
        providers.senders["sms"]._http.turns._rest_until = 0.0  # type: ignore[attr-defined]  # the sender's own
        await set_back(notifier, 40)
        async with notifier.context.uow() as uow:
            await ask_what_is_unknown(uow)
        await notifier.deliver()
        assert (len(providers.sms.messages), providers.sms.asked) == (1, 2)
    assert await told(notifier) == [("502", "sms", "sent", None)]


async def test_where_the_provider_cannot_be_asked_a_person_is_and_nothing_is_sent_again(
    notifier: Any, make: Any
) -> None:
    async with providers_for(notifier, [["zns", "email"]]) as providers:
        await waiting(notifier, make, ["502"])
        await providers.senders["zns"].send(letter())  # it has its token
        providers.zns.faults.lose = 1
        await notifier.deliver()
        for seconds, alerts in ((3600, 0), (12_000, 1), (90_000, 1)):
            await set_back(notifier, seconds)
            async with notifier.context.uow() as uow:
                await ask_what_is_unknown(uow)
            await settle(notifier)
            (row,) = await notifier.rows("SELECT count(*) AS n FROM notices WHERE alerted_at IS NOT NULL")
            assert row["n"] == alerts
        assert await told(notifier) == [("502", "zns", "unknown", "unconfirmed")]
        assert len(providers.zns.messages) == 2
        (notice_id,) = await ids(notifier, "zns")
        await take(notifier, "zns", Receipt(notice_id, "delivered", "delivered"))
    assert await told(notifier) == [("502", "zns", "delivered", None)]


async def test_an_account_that_cannot_send_pauses_its_channel_and_the_notices_wait(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "email"]]) as providers:
        providers.sms.balance = 0
        await waiting(notifier, make, ["502"])
        await notifier.deliver()
        (row,) = await notifier.rows("SELECT paused_because FROM channels WHERE code = 'sms'")
        assert row["paused_because"] == "code 103: not enough balance"
        await set_back(notifier, 120)
        await settle(notifier)
        assert providers.sms.asked == 1
        providers.sms.balance = 1000
        await notifier.admin.execute("UPDATE notifier.channels SET paused_at = NULL WHERE code = 'sms'")
        await notifier.deliver()
    assert await told(notifier) == [("502", "sms", "sent", None)]


async def test_a_provider_that_refuses_for_a_day_is_asked_as_often_as_the_policy_says(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms"], ["inbox"]]) as providers:
        providers.sms.codes[network_form("502")] = "300"
        await waiting(notifier, make, ["502", "503"])
        for _ in range(25):  # every hour, whatever sweeps and routines run
            await settle(notifier, times=1)
            async with notifier.context.uow() as uow:
                await ask_what_is_unknown(uow)
            await set_back(notifier, 3600)
    assert [row for row in await told(notifier) if row[1] == "sms"] == [
        ("502", "sms", "failed", "refused"),
        ("503", "sms", "sent", None),
    ]
    assert providers.sms.asked == 5 + 1


async def test_a_provider_that_is_in_trouble_for_a_day_gets_no_more_than_the_policys_tries(
    notifier: Any, make: Any
) -> None:
    async with providers_for(notifier, [["sms"], ["inbox"]]) as providers:
        providers.sms.faults.status = 500
        await waiting(notifier, make, ["502"])
        for _ in range(25):
            providers.senders["sms"]._http.turns._rest_until = 0.0  # type: ignore[attr-defined]  # the sender's own
            await settle(notifier, times=1)
            async with notifier.context.uow() as uow:
                await ask_what_is_unknown(uow)
            await set_back(notifier, 3600)
        (row,) = await notifier.rows("SELECT state, alerted_at FROM notices WHERE channel = 'sms' AND step = -7")
    assert providers.sms.asked == 5
    assert row["state"] == "unknown"
    assert row["alerted_at"] is not None


async def test_a_provider_that_hangs_delays_no_other_channel_and_no_other_notice(notifier: Any, make: Any) -> None:
    units = ["502", "503", "504"]
    async with providers_for(notifier, [["sms"], ["email"]]) as providers:
        providers.sms.faults.hang = 30.0
        providers.senders["sms"]._http._http.timeout = 4.0  # type: ignore[attr-defined]  # the sender's own
        await waiting(notifier, make, units)
        work = {}
        for channel in ("sms", "email"):
            async with notifier.context.uow() as uow:
                work[channel] = await CHANNEL_WORK[channel][0](uow)
        began, done = time.monotonic(), {}

        async def run(channel: str) -> None:
            await asyncio.gather(*(CHANNEL_WORK[channel][1](notifier.context, one) for one in work[channel]))
            done[channel] = time.monotonic() - began

        await asyncio.gather(run("sms"), run("email"))
    assert len(notifier.mail.mails) == 3
    assert done["email"] < 3.0 < done["sms"] < 8.0


async def test_without_an_account_a_channel_is_passed_over_in_words(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "email"], ["zns"]]):
        async with notifier.context.uow() as uow:
            await uow.channels.offer(["email"])
        await waiting(notifier, make, ["502"])
        await notifier.deliver()
    assert sorted(await told(notifier)) == [("502", "email", "sent", None), ("502", "zns", "skipped", "not_offered")]


async def test_words_that_are_not_approved_are_not_used(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms", "email"]]):
        await notifier.admin.execute("UPDATE notifier.notice_templates SET state = 'submitted' WHERE form = 'sms'")
        await waiting(notifier, make, ["502"])
        await notifier.deliver()
    assert await told(notifier) == [("502", "email", "sent", None)]


async def test_test_mode_reaches_only_listed_people_also_with_what_waited(notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms"], ["inbox"]]) as providers:
        await waiting(notifier, make, ["502", "503"])
        async with notifier.context.uow() as uow:
            await uow.channels.test_mode(enabled=True, people=[make.known("sec503")])
        await notifier.deliver()
        await give_phone(notifier, make.known("sec504"), PHONES["504"])
        await notifier.tell(make.secretary("504"), make.deadline("504"))
        await settle(notifier)
    assert {message["Phone"] for message in providers.sms.messages.values()} == {network_form("503")}
    rows = await told(notifier)
    assert [row for row in rows if row[2] == "skipped"] == [
        ("502", "sms", "skipped", "test_mode"),
        ("504", "sms", "skipped", "test_mode"),
    ]
    assert len([row for row in rows if row[1] == "inbox"]) == 3


async def test_every_shipped_policy_may_use_every_chain_of_the_readme(notifier: Any) -> None:
    document = read_json("reminder-policies.json")
    for policy in document["policies"]:
        policy["chains"] = [["inbox"], ["zns", "sms", "email"]]
    async with notifier.context.uow() as uow:
        assert read_policies(document, await uow.policies.known())
        await uow.templates.approve_shipped(await uow.now())
        assert read_policies(document, await uow.policies.known())
        document["policies"][0]["chains"] = [["zns"]]
        await uow.session.execute(text("UPDATE notice_templates SET state = 'draft' WHERE form = 'zns'"))
        with pytest.raises(ValueError, match="no usable words for zns"):
            read_policies(document, await uow.policies.known())
