"""Words and addresses leave on time; what proves stays, and a proof made before is the proof made after."""

import asyncio
from typing import Any, get_args

import pytest
from tests.notifier.people.conftest import Caller
from tests.notifier.people.test_contacts import OWN, give, prove
from tests.notifier.policy_documents import DAILY, policy
from tests.notifier.providers import give_phone, providers_for

from notifier.api.schemas.notices import NoticeKind
from notifier.data import read_json
from notifier.domain.policies import PolicyDraft
from notifier.domain.retention import read_retention
from notifier.persistence import retention as batches
from notifier.use_cases.forget_content import forget_contacts, forget_content
from shared.contracts.roles import Role
from shared.testing.people import person

TOLD_AT = "2023-07-24T08:00:00+07:00"
DAY_BEFORE, OVER = "2026-07-22T08:00:00+07:00", "2026-07-24T09:00:00+07:00"


async def forget(notifier: Any) -> int:
    async with notifier.context.uow() as uow:
        await forget_contacts(uow)
        return int(await forget_content(uow))


async def everything(notifier: Any) -> list[dict[str, Any]]:
    tables = ("notices", "contacts", "contact_codes", "person_settings", "opt_outs", "appointment_projections")
    return [
        row
        for table in tables
        for row in await notifier.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t ORDER BY 1")
    ]


@pytest.fixture
async def told(notifier: Any, make: Any, secretary: Caller) -> str:
    """502's secretary was told by mail, in the inbox, and by SMS."""
    async with providers_for(notifier, [["sms"], ["email"], ["inbox"]]):
        await give_phone(notifier, make.known("sec502"), "84912345678", ("sms",))
        await notifier.tell(make.province(), make.deadline("502"))
        await notifier.at(TOLD_AT)
    (row,) = await notifier.rows("SELECT id FROM obligations")
    return str(row["id"])


async def test_after_the_period_nothing_can_be_read_and_the_proof_is_the_same(
    notifier: Any, make: Any, secretary: Caller, told: str
) -> None:
    auditor = Caller(secretary.client, person(Role.AUDITOR, "49"))
    before = (await auditor.get("/proofs", obligation_id=told)).json()
    assert {n["template_form"] for n in before["content"]["notices"]} == {"mail", "sms"}
    assert all(n["content_digest"] for n in before["content"]["notices"])
    await notifier.clock(DAY_BEFORE)
    untouched = await notifier.rows("SELECT id, parameters FROM notices WHERE step = -7 ORDER BY id")
    await forget(notifier)
    assert await notifier.rows("SELECT id, parameters FROM notices WHERE step = -7 ORDER BY id") == untouched
    await notifier.clock(OVER)
    assert await forget(notifier) > 0
    for row in await notifier.rows("SELECT to_jsonb(n)::text AS row FROM notices n"):
        for words in ("Đánh giá, phân hạng", "demo.ocop.example", "84912345678", "Kế hoạch OCOP"):
            assert words not in row["row"], words
    after = (await auditor.get("/proofs", obligation_id=told)).json()
    assert after == before
    assert (await auditor.get(f"/proofs/{before['digest']}")).json()["unchanged"] is True
    inbox = (await secretary.get("/inbox")).json()
    assert (inbox["items"], inbox["unread"]) == ([], 0)
    assert (await secretary.get("/waiting/count")).json()["unread"] == 0


async def test_forgetting_twice_is_the_same(notifier: Any, told: str) -> None:
    await notifier.clock(OVER)
    await forget(notifier)
    first = await everything(notifier)
    assert await forget(notifier) == 0
    assert await everything(notifier) == first
    assert told


async def test_what_has_not_ended_is_never_forgotten(notifier: Any, told: str) -> None:
    await notifier.admin.execute("UPDATE notifier.notices SET state = 'created' WHERE channel = 'email' AND step = -7")
    await notifier.clock("2030-01-01T08:00:00+07:00")
    await forget(notifier)
    (row,) = await notifier.rows(
        "SELECT parameters::text AS p, address FROM notices WHERE channel = 'email' AND step = -7"
    )
    assert row["p"] != "{}"
    assert row["address"]
    assert told


async def test_batches_are_bounded_and_two_processes_share_them(
    notifier: Any, make: Any, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    await notifier.clock(OVER)
    (row,) = await notifier.rows("SELECT count(*) AS n FROM notices")
    sizes = []
    while True:
        done = await asyncio.gather(forget(notifier), forget(notifier))
        if not sum(done):
            break
        sizes += done
    assert max(sizes) <= 2
    assert sum(sizes) == row["n"] > 2, "each once"
    assert told


async def test_a_digest_is_forgotten_with_its_members(notifier: Any, make: Any, secretary: Caller) -> None:
    draft = PolicyDraft.model_validate(policy(digest=DAILY))
    async with notifier.context.uow() as uow:
        row = await uow.policies.draft(draft, make.known("province"))
        await uow.policies.publish(row, (await uow.today()), published_by=None, at=await uow.now())
    await notifier.tell(make.deadline("502"))
    for hour in ("08:00", "08:30", "09:00"):
        await notifier.at(f"2023-07-24T{hour}:00+07:00")
    kinds = {row["kind"] for row in await notifier.rows("SELECT DISTINCT kind FROM notices WHERE state = 'sent'")}
    assert "digest" in kinds
    await notifier.clock("2026-08-24T09:00:00+07:00")
    await forget(notifier)
    assert await notifier.rows("SELECT 1 FROM notices WHERE parameters <> '{}' OR content_digest IS NULL") == []
    assert secretary


async def test_a_code_and_the_address_it_went_to_are_forgotten_soon(notifier: Any, secretary: Caller) -> None:
    contact = await give(secretary)
    await notifier.deliver()
    await notifier.admin.execute("UPDATE notifier.contact_codes SET asked_at = asked_at - interval '3 days'")
    await notifier.clock("2023-06-20T08:00:00+07:00")
    await forget(notifier)
    (row,) = await notifier.rows("SELECT parameters::text AS p, address, content_digest, forgotten_at FROM notices")
    assert (row["p"], row["address"], row["content_digest"]) == ("{}", None, None)
    assert await notifier.rows("SELECT 1 FROM contact_codes") == []
    assert contact


async def test_removed_addresses_and_those_of_who_holds_no_office_are_deleted(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    first = await prove(notifier, secretary)
    await secretary.change(
        "PUT", "/preferences", 0, {"language": "en", "opt_outs": [{"topic": "risk", "channel": "sms"}]}
    )
    second = await give(secretary, "other@mail.example")
    await secretary.change("DELETE", f"/contacts/{second['id']}", second["version"])
    await notifier.clock("2023-06-08T12:00:00+07:00")
    await forget(notifier)
    assert len(await notifier.rows("SELECT 1 FROM contacts")) == 2
    await notifier.clock("2023-06-10T12:00:00+07:00")
    await forget(notifier)
    (row,) = await notifier.rows("SELECT address FROM contacts")
    assert row["address"] == OWN
    ended = make.appointed("sec502", Role.DISTRICT_SECRETARY, "502", valid_to="2023-12-31", revision=2)
    await notifier.tell(ended)
    for instant, kept in (("2024-12-30T08:00:00+07:00", 1), ("2025-01-01T08:00:00+07:00", 0)):
        await notifier.clock(instant)
        await forget(notifier)
        for table in ("contacts", "person_settings", "opt_outs"):
            assert len(await notifier.rows(f"SELECT 1 FROM {table}")) == kept, (table, instant)
        (row,) = await notifier.rows("SELECT email IS NOT NULL AS kept FROM appointment_projections")
        assert row["kept"] is bool(kept)
    assert first


async def test_who_holds_another_office_keeps_everything(notifier: Any, make: Any, secretary: Caller) -> None:
    await prove(notifier, secretary)
    await notifier.tell(
        make.appointed("sec502", Role.DISTRICT_SECRETARY, "502", valid_to="2023-06-30", revision=2),
        make.appointed("sec502", Role.DISTRICT_CHAIR, "503"),
    )
    await notifier.clock("2030-01-01T08:00:00+07:00")
    await forget(notifier)
    assert len(await notifier.rows("SELECT 1 FROM contacts")) == 1
    assert await notifier.rows("SELECT 1 FROM appointment_projections WHERE email IS NULL") == []


async def test_who_is_not_known_to_hold_an_office_yet_keeps_a_new_address(
    notifier: Any, make: Any, secretary: Caller, caller: Any
) -> None:
    newcomer = caller(Role.COMMUNE_OFFICER, "20000")
    await give(newcomer, "new@mail.example")
    await forget(notifier)
    assert len((await newcomer.get("/contacts")).json()["items"]) == 1
    await notifier.admin.execute("UPDATE notifier.contacts SET created_at = now() - interval '366 days'")
    await forget(notifier)
    assert (await newcomer.get("/contacts")).json()["items"] == []


def test_every_kind_of_notice_has_a_period() -> None:
    assert set(read_retention(read_json("retention.json")).notices) == set(get_args(NoticeKind))
