"""The ZNS adapter against simulated Zalo: its errors, and tokens that work once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from deploy.simulators.zns import ZnsSimulator
from tests.notifier.providers import letter, served, zns_sender

from notifier.integrations.channels import Misconfigured, Refused, Unavailable, Uncertain
from notifier.integrations.zns import is_signed, read_event
from notifier.persistence.tokens import TokenStore


@pytest.fixture
async def zalo() -> AsyncIterator[tuple[ZnsSimulator, str]]:
    simulator = ZnsSimulator(templates={"demo-reminder": {"task"}})
    async with served(simulator.routes()) as url:
        yield simulator, url


@pytest.fixture
def store(notifier: Any) -> TokenStore:
    return TokenStore(notifier.database, "zns")


async def test_the_templates_parameters_leave_under_the_notices_id(zalo: Any, store: Any) -> None:
    sender = zns_sender(zalo[1], store)
    one = letter(parameters={"title": "Đánh giá sản phẩm OCOP cấp huyện"})
    taken = await sender.send(one)
    (message,) = zalo[0].messages
    assert (message["tracking_id"], message["msg_id"]) == (str(one.notice_id), taken.reference)
    assert message["template_data"] == {"task": "Đánh giá sản phẩm O…"}
    await sender.close()


@pytest.mark.parametrize(
    ("error", "kind", "final", "dead"),
    [
        (-100, "refused", False, False),
        (-108, "phone", True, True),
        (-109, "template", True, False),
        (-111, "template", True, False),
        (-112, "template", True, False),
        (-114, "user_refuses", True, False),
        (-118, "no_zalo", True, False),
        (-144, "refused", False, False),
    ],
)
async def test_each_error_inside_a_200_means_what_zalos_table_says(
    zalo: Any, store: Any, error: int, kind: str, final: bool, dead: bool
) -> None:
    zalo[0].errors["84912345678"] = error
    sender = zns_sender(zalo[1], store)
    with pytest.raises(Refused) as refused:
        await sender.send(letter())
    assert (refused.value.kind, refused.value.final, refused.value.dead) == (kind, final, dead)
    await sender.close()


@pytest.mark.parametrize("error", [-101, -102, -103, -104, -105, -115])
async def test_errors_of_the_account_are_no_fault_of_the_message(zalo: Any, store: Any, error: int) -> None:
    zalo[0].account_error = error
    sender = zns_sender(zalo[1], store)
    with pytest.raises(Misconfigured):
        await sender.send(letter())
    await sender.close()


@pytest.mark.parametrize("fault", [{"lose": 1}, {"status": 500}, {"hang": 2.0}])
async def test_without_an_answer_nobody_knows(zalo: Any, store: Any, fault: dict[str, Any]) -> None:
    sender = zns_sender(zalo[1], store)
    await sender.send(letter())  # it has its token
    for name, value in fault.items():
        setattr(zalo[0].faults, name, value)
    with pytest.raises(Uncertain):
        await sender.send(letter())
    await sender.close()


async def test_many_workers_at_once_renew_a_token_once(zalo: Any, store: Any) -> None:
    senders = [zns_sender(zalo[1], store) for _ in range(6)]
    results = await asyncio.gather(*(one.send(letter()) for one in senders * 5), return_exceptions=True)
    assert all(not isinstance(result, Exception) or isinstance(result, Unavailable) for result in results)
    assert [await one.send(letter()) for one in senders], "who had to wait has it now"
    assert (zalo[0].renewals, zalo[0].refused_renewals) == (1, 0)
    await asyncio.gather(*(one.close() for one in senders))


async def test_a_token_refused_early_is_renewed_and_the_message_leaves_once(zalo: Any, store: Any) -> None:
    first, second = zns_sender(zalo[1], store), zns_sender(zalo[1], store)
    await first.send(letter())
    await second.send(letter())
    zalo[0].access = "taken back"
    await first.send(letter())
    await second.send(letter())
    assert (zalo[0].renewals, zalo[0].refused_renewals, len(zalo[0].messages)) == (2, 0, 4)
    await asyncio.gather(first.close(), second.close())


async def test_a_new_process_goes_on_with_the_stored_token_and_a_new_seed_begins_anew(zalo: Any, store: Any) -> None:
    for seed in ("seed", "seed", "another"):
        if seed == "another":
            zalo[0].refresh = seed
        sender = zns_sender(zalo[1], store, seed)
        await sender.send(letter())
        await sender.close()
    assert (zalo[0].renewals, zalo[0].refused_renewals) == (2, 0)


async def test_a_lost_refresh_token_stops_the_channel(zalo: Any, store: Any) -> None:
    zalo[0].refresh = "somebody else used it"
    sender = zns_sender(zalo[1], store)
    with pytest.raises(Misconfigured, match="refresh token was refused"):
        await sender.send(letter())
    await sender.close()


async def test_tokens_are_unreadable_in_the_database(zalo: Any, store: Any, notifier: Any) -> None:
    sender = zns_sender(zalo[1], store)
    await sender.send(letter())
    await sender.close()
    (row,) = await notifier.rows("SELECT sealed FROM provider_tokens")
    assert b"access-1" not in row["sealed"]
    assert b"refresh-1" not in row["sealed"]


async def test_an_event_is_believed_only_with_zalos_signature(zalo: Any, store: Any) -> None:
    import json

    sender = zns_sender(zalo[1], store)
    one = letter()
    await sender.send(one)
    await sender.close()
    body, headers = zalo[0].event(0)
    mac = headers["X-ZEvent-Signature"]
    assert is_signed(body, "app", "events-secret", mac)
    assert not is_signed(body + b" ", "app", "events-secret", mac)
    assert not is_signed(body, "app", "other", mac)
    assert not is_signed(b"[]", "app", "events-secret", mac)
    assert [receipt.notice_id for receipt in read_event(json.loads(body))] == [one.notice_id]
    assert read_event({"event_name": "user_send_text", "message": {}}) == []
