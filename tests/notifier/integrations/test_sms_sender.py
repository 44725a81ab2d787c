"""The SMS adapter against the simulated provider: its codes, its guard, its silence."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from deploy.simulators.sms import SmsSimulator
from tests.notifier.providers import letter, served, sms_sender

from notifier.integrations.channels import Misconfigured, Refused, Taken, Unavailable, Uncertain
from notifier.integrations.sms import read_callback


@pytest.fixture
async def provider() -> AsyncIterator[tuple[SmsSimulator, str]]:
    simulator = SmsSimulator()
    async with served(simulator.routes()) as url:
        yield simulator, url


async def send(provider: Any, one: Any = None, **account: Any) -> Taken:
    sender = sms_sender(provider[1], **account)
    try:
        return await sender.send(one or letter())
    finally:
        await sender.close()


async def test_the_text_leaves_without_diacritics_under_the_notices_id(provider: Any) -> None:
    one = letter(body="Đề nghị {{ title }} – hạn 31/07")
    taken = await send(provider, one)
    message = provider[0].messages[str(one.notice_id)]
    assert (message["Content"], message["Phone"]) == ("De nghi Danh gia - han 31/07", "84912345678")
    assert (taken.reference, taken.segments) == (message["SMSID"], 1)


async def test_the_same_notice_sent_twice_leaves_once_and_both_times_counts_as_taken(provider: Any) -> None:
    one = letter()
    await send(provider, one)
    assert await send(provider, one) == Taken(None, 1)
    assert len(provider[0].messages) == 1


@pytest.mark.parametrize(
    ("code", "kind", "final", "dead"),
    [
        ("99", "blocked", True, True),
        ("108", "phone", True, True),
        ("146", "template", True, False),
        ("177", "network", True, False),
        ("300", "refused", False, False),
    ],
)
async def test_each_refusal_means_what_the_providers_table_says(
    provider: Any, code: str, kind: str, final: bool, dead: bool
) -> None:
    provider[0].codes["84912345678"] = code
    with pytest.raises(Refused) as refused:
        await send(provider)
    assert (refused.value.kind, refused.value.final, refused.value.dead) == (kind, final, dead)


@pytest.mark.parametrize("account", [{"key": "another"}, {"brand": "UNKNOWN"}])
async def test_what_is_wrong_with_the_account_is_no_fault_of_the_message(provider: Any, account: Any) -> None:
    with pytest.raises(Misconfigured):
        await send(provider, **account)


async def test_an_empty_balance_stops_the_channel_and_can_be_read(provider: Any) -> None:
    provider[0].balance = 100
    sender = sms_sender(provider[1])
    assert await sender.balance() == 100
    with pytest.raises(Misconfigured, match="balance"):
        await sender.send(letter())
    await sender.close()


@pytest.mark.parametrize("fault", [{"lose": 1}, {"status": 503}, {"malformed": True}, {"hang": 2.0}])
async def test_without_a_readable_answer_nobody_knows(provider: Any, fault: dict[str, Any]) -> None:
    for name, value in fault.items():
        setattr(provider[0].faults, name, value)
    with pytest.raises(Uncertain):
        await send(provider)
    assert len(provider[0].messages) == (1 if "lose" in fault else 0)


async def test_a_provider_that_is_not_there_took_nothing() -> None:
    with pytest.raises(Unavailable):
        await send((None, "http://127.0.0.1:1"))


@pytest.mark.parametrize("phone", ["0235 381 2345", "+1 202 555 0123", "12345", "0612345678", "09123456789"])
async def test_a_number_that_is_no_vietnamese_mobile_is_refused_here(provider: Any, phone: str) -> None:
    with pytest.raises(Refused, match="not a Vietnamese mobile") as refused:
        await send(provider, letter(phone))
    assert (refused.value.final, provider[0].asked) == (True, 0)


async def test_a_text_that_would_be_charged_many_times_is_refused_here(provider: Any) -> None:
    with pytest.raises(Refused, match="5 segments"):
        await send(provider, letter(body="x" * (4 * 153 + 1)))
    assert provider[0].asked == 0


@pytest.mark.parametrize(
    ("change", "outcomes"),
    [
        ({}, ["delivered"]),
        ({"SendSuccess": "0", "SendFailed": "1"}, ["undelivered"]),
        ({"SendStatus": "4", "SendSuccess": "0"}, ["undelivered"]),
        ({"SendStatus": "2", "SendSuccess": "0"}, []),
        ({"RequestId": "not ours"}, []),
        ({"RequestId": ""}, []),
    ],
)
async def test_a_callback_says_delivered_undelivered_or_nothing(
    provider: Any, change: dict[str, str], outcomes: list[str]
) -> None:
    one = letter()
    await send(provider, one)
    receipts = read_callback(provider[0].callback(str(one.notice_id)) | change)
    assert [receipt.outcome for receipt in receipts] == outcomes
