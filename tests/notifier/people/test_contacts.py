"""Addresses of one's own: given, proved by a code that came there, used in their order, removed."""

import asyncio
from typing import Any

import pytest
from tests.notifier.people.conftest import Caller, code_in, newest_code
from tests.notifier.providers import providers_for

from notifier.domain.receipts import Receipt
from shared.contracts.roles import Level, Role

OWN, OTHER = "own@mail.example", "other@mail.example"
DUE = "2023-07-24T08:00:00+07:00"


async def give(caller: Caller, address: str = OWN, channel: str = "email", **more: Any) -> dict[str, Any]:
    made = await caller.post("/contacts", {"channel": channel, "address": address} | more)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def prove(notifier: Any, caller: Caller, address: str = OWN) -> dict[str, Any]:
    contact = await give(caller, address)
    await notifier.deliver()
    done = await caller.post(f"/contacts/{contact['id']}/verification", {"code": newest_code(notifier, address)})
    assert done.status_code == 201, done.text
    return dict(done.json())


async def pass_time(notifier: Any, minutes: int) -> None:
    for table, names in (("contact_codes", ("asked_at", "expires_at")), ("notices", ("give_up_at",))):
        changes = ", ".join(f"{name} = {name} - make_interval(mins => {minutes})" for name in names)
        await notifier.admin.execute(f"UPDATE notifier.{table} SET {changes}")


async def reminded_at(notifier: Any, make: Any) -> list[str]:
    await notifier.tell(make.deadline("502"))
    await notifier.at(DUE)
    return [mail["To"].addresses[0].addr_spec for mail in notifier.mail.mails if "hạn" in mail["Subject"]]


async def test_an_address_is_used_only_after_its_code_was_entered(notifier: Any, make: Any, secretary: Caller) -> None:
    contact = await give(secretary, label="Ở nhà")
    assert (contact["state"], contact["shown"], contact["label"]) == ("unverified", "o•••@mail.example", "Ở nhà")
    assert (await reminded_at(notifier, make))[-1] == "sec502@demo.ocop.example", "the office's address is used"
    await notifier.deliver()
    done = await secretary.post(f"/contacts/{contact['id']}/verification", {"code": newest_code(notifier, OWN)})
    assert (done.status_code, done.json()["state"], done.json()["primary"]) == (201, "verified", True)
    await notifier.at("2023-07-28T08:00:00+07:00")
    assert notifier.mail.mails[-1]["To"].addresses[0].addr_spec == OWN


async def test_the_code_is_kept_nowhere(notifier: Any, secretary: Caller) -> None:
    await give(secretary)
    await notifier.deliver()
    code = newest_code(notifier, OWN)
    for table in ("notices", "contact_codes", "audit_entries", "idempotency_keys", "contacts"):
        rows = await notifier.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t")
        assert not [row for row in rows if f'"{code}"' in row["row"]], table
        if table in ("audit_entries", "idempotency_keys"):
            assert not [row for row in rows if OWN in row["row"]], table


async def test_a_wrong_code_counts_and_after_five_no_code_is_good(notifier: Any, secretary: Caller) -> None:
    contact = await give(secretary)
    await notifier.deliver()
    right = newest_code(notifier, OWN)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    path = f"/contacts/{contact['id']}/verification"
    for left in (4, 3, 2, 1, 0):
        answer = await secretary.post(path, {"code": wrong}, **{"Accept-Language": "en"})
        assert answer.status_code == 422
        assert answer.json()["errors"] == [
            {"field": "code", "code": "wrong_code", "detail": f"The code is wrong; {left} tries are left."}
        ]
    assert (await secretary.post(path, {"code": right})).status_code == 409
    assert (await secretary.get("/contacts")).json()["items"][0]["state"] == "unverified"


async def test_guesses_sent_at_once_are_all_counted(notifier: Any, secretary: Caller) -> None:
    contact = await give(secretary)
    await notifier.deliver()
    right = int(newest_code(notifier, OWN))
    path = f"/contacts/{contact['id']}/verification"
    guesses = [secretary.post(path, {"code": f"{(right + n) % 10**6:06d}"}) for n in range(1, 13)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*guesses))
    assert statuses == [409] * 7 + [422] * 5


async def test_a_code_expires_proves_once_and_a_newer_one_ends_it(notifier: Any, secretary: Caller) -> None:
    contact = await give(secretary)
    await notifier.deliver()
    first = newest_code(notifier, OWN)
    again = await secretary.post(f"/contacts/{contact['id']}/codes")
    assert again.status_code == 201
    await notifier.deliver()
    path = f"/contacts/{contact['id']}/verification"
    if first != newest_code(notifier, OWN):
        assert (await secretary.post(path, {"code": first})).status_code == 422
    await pass_time(notifier, 16)
    assert (await secretary.post(path, {"code": newest_code(notifier, OWN)})).status_code == 409
    await secretary.post(f"/contacts/{contact['id']}/codes")
    await notifier.deliver()
    code = newest_code(notifier, OWN)
    assert (await secretary.post(path, {"code": code})).status_code == 201
    assert (await secretary.post(path, {"code": code})).status_code == 409
    assert (await secretary.post(f"/contacts/{contact['id']}/codes")).status_code == 409


async def test_a_code_that_could_not_leave_in_time_is_not_sent(notifier: Any, secretary: Caller) -> None:
    await give(secretary)
    await pass_time(notifier, 16)
    await notifier.deliver()
    assert notifier.mail.mails == []


async def test_a_fourth_code_in_an_hour_waits_also_when_another_person_asks(
    notifier: Any, make: Any, secretary: Caller, caller: Any
) -> None:
    contact = await give(secretary)
    for _ in range(2):
        assert (await secretary.post(f"/contacts/{contact['id']}/codes")).status_code == 201
    refused = await secretary.post(f"/contacts/{contact['id']}/codes")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    other = caller(Role.COMMUNE_OFFICER, "20000", Level.COMMUNE)
    assert (await other.post("/contacts", {"channel": "email", "address": OWN})).status_code == 429
    await pass_time(notifier, 61)
    assert (await secretary.post(f"/contacts/{contact['id']}/codes")).status_code == 201


async def test_a_person_asks_for_ten_codes_a_day(notifier: Any, secretary: Caller) -> None:
    for n in range(5):
        contact = await give(secretary, f"own{n}@mail.example")
        assert (await secretary.post(f"/contacts/{contact['id']}/codes")).status_code == 201
    refused = await secretary.post(f"/contacts/{contact['id']}/codes")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "86400")


async def test_a_number_is_proved_by_the_message_that_came_to_it(notifier: Any, secretary: Caller) -> None:
    async with providers_for(notifier) as providers:
        for channel, messages in (("sms", providers.sms.messages), ("zns", providers.zns.messages)):
            contact = await give(secretary, "0912 345 678", channel)
            assert contact["shown"] == "•••678"
            await notifier.deliver()
            (message,) = messages.values() if isinstance(messages, dict) else messages
            code = code_in(str(message))
            done = await secretary.post(f"/contacts/{contact['id']}/verification", {"code": code})
            assert (done.status_code, done.json()["state"]) == (201, "verified")


@pytest.mark.parametrize("channel", ["sms", "zns"])
@pytest.mark.parametrize("number", ["02353812345", "+1 202 555 0101", "0912", "người"])
async def test_what_is_not_a_vietnamese_mobile_number_is_refused_in_words(
    secretary: Caller, channel: str, number: str
) -> None:
    answer = await secretary.post("/contacts", {"channel": channel, "address": number})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["code"]) == ("address", "not_mobile")
    assert "số di động Việt Nam" in fault["detail"]


@pytest.mark.parametrize("address", ["a", "a@b", "a b@c.vn", "a@c.vn>", "Tên <a@c.vn>", "@c.vn", "a@b\r\nBcc: x@y.vn"])
async def test_what_is_not_a_mail_address_is_refused(secretary: Caller, address: str) -> None:
    answer = await secretary.post("/contacts", {"channel": "email", "address": address})
    assert [fault["code"] for fault in answer.json()["errors"]] == ["not_mail"]


@pytest.mark.parametrize("channel", ["inbox", "pigeon"])
async def test_a_channel_without_addresses_takes_none(secretary: Caller, channel: str) -> None:
    answer = await secretary.post("/contacts", {"channel": channel, "address": OWN})
    assert [fault["code"] for fault in answer.json()["errors"]] == ["unknown"]


async def test_a_channel_without_an_account_takes_no_address(notifier: Any, secretary: Caller) -> None:
    async with notifier.context.uow() as uow:
        await uow.channels.offer(["email"])
    answer = await secretary.post("/contacts", {"channel": "sms", "address": "0912345678"})
    assert (answer.status_code, answer.json()["state"]) == (409, "not-offered")


async def test_the_first_of_a_channel_is_used_and_when_it_dies_the_next_one_and_then_the_offices(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    first, second = await prove(notifier, secretary, OWN), await prove(notifier, secretary, OTHER)
    assert (first["primary"], second["primary"]) == (True, False)
    changed = await secretary.change("PATCH", f"/contacts/{second['id']}", second["version"], {"primary": True})
    assert (changed.status_code, changed.json()["primary"]) == (200, True)
    assert await reminded_at(notifier, make) == [OTHER]
    (notice,) = await notifier.rows("SELECT id FROM notices WHERE channel = 'email' AND step = -7")
    for _ in range(2):
        async with notifier.context.uow() as uow:
            await uow.receipts.keep("email", [Receipt(notice["id"], "undelivered", "bounced", dead=True)])
        await notifier.turn()
        await notifier.deliver()
    rows = await notifier.rows(
        "SELECT address, state, turn FROM notices WHERE channel = 'email' AND step = -7 ORDER BY turn"
    )
    assert [tuple(row.values()) for row in rows] == [(OTHER, "failed", 0), (OWN, "sent", 1)]
    items = {item["address"]: item["state"] for item in (await secretary.get("/contacts")).json()["items"]}
    assert items == {OWN: "verified", OTHER: "dead"}
    notifier.mail.poison = {OWN}
    await notifier.admin.execute("UPDATE notifier.contacts SET dead_at = now() WHERE address = $1", OWN)
    await notifier.at("2023-07-28T08:00:00+07:00")
    assert notifier.mail.mails[-1]["To"].addresses[0].addr_spec == "sec502@demo.ocop.example"


async def test_when_every_address_of_a_channel_is_dead_the_notice_says_so_and_ends(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    await prove(notifier, secretary, OWN)
    await reminded_at(notifier, make)
    for _ in range(4):
        async with notifier.context.uow() as uow:
            ids = [row["id"] for row in await notifier.rows("SELECT id FROM notices WHERE state = 'sent'")]
            await uow.receipts.keep("email", [Receipt(one, "undelivered", "bounced", dead=True) for one in ids])
        await notifier.turn()
        await notifier.deliver()
    rows = await notifier.rows("SELECT address, state FROM notices WHERE channel = 'email' AND step = -7 ORDER BY turn")
    assert [tuple(row.values()) for row in rows] == [(OWN, "failed"), ("sec502@demo.ocop.example", "failed")]
    await notifier.at("2023-07-28T08:00:00+07:00")
    (row,) = await notifier.rows("SELECT state, reason FROM notices WHERE channel = 'email' AND step = -3")
    assert tuple(row.values()) == ("skipped", "address_dead")


async def test_a_dead_address_is_used_again_once_it_is_proved_again(notifier: Any, secretary: Caller) -> None:
    contact = await prove(notifier, secretary)
    await notifier.admin.execute("UPDATE notifier.contacts SET dead_at = now(), dead_because = 'bounced'")
    assert (await secretary.post(f"/contacts/{contact['id']}/codes")).json()["state"] == "dead"
    await notifier.deliver()
    done = await secretary.post(f"/contacts/{contact['id']}/verification", {"code": newest_code(notifier, OWN)})
    assert done.json()["state"] == "verified"


async def test_a_removed_address_gets_nothing_and_comes_back_unproved(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    first, second = await prove(notifier, secretary, OWN), await prove(notifier, secretary, OTHER)
    gone = await secretary.change("DELETE", f"/contacts/{first['id']}", first["version"])
    assert gone.status_code == 204
    (left,) = (await secretary.get("/contacts")).json()["items"]
    assert (left["id"], left["primary"]) == (second["id"], True)
    assert await reminded_at(notifier, make) == [OTHER]
    assert (await give(secretary, OWN))["state"] == "unverified"


async def test_what_waits_for_a_removed_address_goes_to_the_next_one(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    contact = await prove(notifier, secretary)
    await notifier.admin.execute("UPDATE notifier.channels SET paused_at = now() WHERE code = 'email'")
    assert await reminded_at(notifier, make) == []
    gone = await secretary.change("DELETE", f"/contacts/{contact['id']}", contact["version"])
    assert gone.status_code == 204
    await notifier.admin.execute("UPDATE notifier.channels SET paused_at = NULL")
    await notifier.turn()
    await notifier.deliver()
    told = await notifier.rows(
        "SELECT address, state, reason FROM notices WHERE channel = 'email' AND step = -7 ORDER BY turn"
    )
    assert [tuple(row.values()) for row in told] == [
        (OWN, "failed", "address_removed"),
        ("sec502@demo.ocop.example", "sent", None),
    ]
    assert len(notifier.mail.to(OWN)) == 1, "the code, and nothing after the removal"


async def test_an_address_that_is_not_proved_cannot_come_first_and_a_stale_edit_is_refused(
    notifier: Any, secretary: Caller
) -> None:
    contact = await give(secretary)
    path = f"/contacts/{contact['id']}"
    assert (await secretary.change("PATCH", path, contact["version"], {"primary": True})).status_code == 409
    named = await secretary.change("PATCH", path, contact["version"], {"label": "Cơ quan"})
    assert named.json()["label"] == "Cơ quan"
    assert (await secretary.change("PATCH", path, contact["version"], {"label": "x"})).status_code == 412
    assert (await secretary.change("DELETE", path, contact["version"])).status_code == 412
    twice = await secretary.post("/contacts", {"channel": "email", "address": OWN})
    assert (twice.status_code, twice.json()["state"]) == (409, "unverified")


async def test_others_see_that_an_address_exists_never_which(
    notifier: Any, make: Any, secretary: Caller, caller: Any
) -> None:
    contact = await prove(notifier, secretary)
    path = f"/people/{make.known('sec502')}/contacts"
    for role, status in (
        (Role.PROVINCE_SECRETARY, 200),
        (Role.AUDITOR, 200),
        (Role.PROVINCE_CHAIR, 403),
        (Role.DISTRICT_CHAIR, 403),
        (Role.PRODUCER, 403),
    ):
        stranger = caller(role)
        answer = await stranger.get(path)
        assert answer.status_code == status, role
        assert "mail.example" not in answer.text
        assert "demo.ocop" not in answer.text
        assert (await stranger.get("/contacts")).json() == {"items": [], "office_mail": []}
        for act in (
            stranger.post(f"/contacts/{contact['id']}/codes"),
            stranger.post(f"/contacts/{contact['id']}/verification", {"code": "000000"}),
            stranger.change("PATCH", f"/contacts/{contact['id']}", contact["version"], {"label": "x"}),
            stranger.change("DELETE", f"/contacts/{contact['id']}", contact["version"]),
        ):
            assert (await act).status_code == 404, role
    seen = (await caller(Role.AUDITOR).get(path)).json()
    assert (seen["items"][0]["state"], seen["office_mail"]) == ("verified", True)


async def test_addresses_of_other_kinds_are_not_listed_among_those_one_gives(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    await notifier.admin.execute(
        "INSERT INTO notifier.channels (code, form, sends, name_vi, name_en) VALUES ('device', 'push', true, 'x', 'x')"
    )
    await notifier.admin.execute(
        "INSERT INTO notifier.contacts (id, version, person_id, channel, address, verified_at)"
        " VALUES (uuidv7(), 1, $1, 'device', 'https://push.example/secret', now())",
        make.known("sec502"),
    )
    assert (await secretary.get("/contacts")).json()["items"] == []


async def test_an_act_repeated_with_its_key_sends_one_code(notifier: Any, secretary: Caller) -> None:
    draft = {"channel": "email", "address": OWN}
    answers = [await secretary.post("/contacts", draft, **{"Idempotency-Key": "one"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    await notifier.deliver()
    assert len(notifier.mail.mails) == 1
    assert await notifier.rows("SELECT 1 FROM contacts") != []
