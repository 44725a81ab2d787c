"""Formal notices are told by the e-office alone: handed over, followed, never counted before it acknowledges."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from deploy.simulators.eoffice import OfficeSimulator
from tests.notifier.providers import served

from notifier.integrations.eoffice import EofficeSender
from notifier.main import create_app
from notifier.persistence.formal_documents import DraftStore
from notifier.settings import Settings
from notifier.tasks.formal_documents import ask_about_document, find_documents_to_ask_about
from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase

BASE = "/api/notifier/v1"
SECRET = "shared with the e-office"
SECRETARY, AUDITOR = person(Role.PROVINCE_SECRETARY), person(Role.AUDITOR)
LATE = "2023-08-07T08:01:00+07:00"


@dataclass
class World:
    """Notifier with an e-office, and a district that is late."""

    notifier: Any
    office: OfficeSimulator
    http: httpx.AsyncClient

    async def notices(self) -> dict[str, str]:
        """State of the formal notice and its copies, by channel."""
        rows = await self.notifier.rows(
            "SELECT channel, state FROM notices WHERE template_code = 'formal_overdue' ORDER BY channel"
        )
        return {row["channel"]: row["state"] for row in rows}

    def reference(self) -> str:
        """Of the only document."""
        (reference,) = self.office.drafts
        return reference

    async def call_back(self) -> httpx.Response:
        """The e-office tells what it knows."""
        return await self.office.call_back(self.http, f"{BASE}/receipts/eoffice", SECRET)

    async def ask(self) -> int:
        """We ask; how many documents."""
        await self.notifier.admin.execute("UPDATE notifier.formal_documents SET next_ask_at = now()")
        async with self.notifier.context.uow() as uow:
            ids = await find_documents_to_ask_about(uow)
        for one in ids:
            await ask_about_document(self.notifier.context, one)
        return len(ids)

    async def document(self) -> dict[str, Any]:
        """The document as the API shows it."""
        path = f"{BASE}/formal-documents/{self.reference()}"
        found: dict[str, Any] = (await self.http.get(path, headers=headers_for(AUDITOR))).json()
        return found


@pytest.fixture
async def world(notifier: Any, database: TestDatabase) -> AsyncIterator[World]:
    office = OfficeSimulator()
    settings = Settings(database_url=database.urls["notifier"], environment="development", receipts_secret=SECRET)
    app = create_app(settings, verifier=test_verifier())
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(served(office.routes()))
        sender = EofficeSender(url, office.key, "000.00.01.H47", DraftStore(notifier.database), answer_seconds=0.5)
        stack.push_async_callback(sender.close)
        notifier.context.resources["eoffice"] = sender
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))
        await notifier.admin.execute(
            "UPDATE notifier.reminder_policy_steps SET template_code = 'formal_overdue', chains = $1"
            " WHERE policy_id = 'default-1' AND step = 7 AND audience = 'responsible'",
            json.dumps([["eoffice"], ["email"], ["inbox"]]),
        )
        yield World(notifier, office, http)


async def know(world: World, unit: str = "502") -> None:
    """The unit's identifier is entered."""
    body = {"organisation": f"000.00.{unit}.H47", "name": f"UBND huyện {unit}"}
    headers = headers_for(SECRETARY) | {"If-Match": '"v0"'}
    answer = await world.http.put(f"{BASE}/eoffice-organisations/{unit}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


async def be_late(world: World, make: Any, *more: Any) -> None:
    """The district's formal notice falls due, and is handed over."""
    await world.notifier.clock(LATE)
    await world.notifier.tell(*make.deadlines(["502"]), *more)
    await world.notifier.turn()
    await world.notifier.deliver()


async def test_a_copy_by_mail_and_inbox_does_not_tell_it_the_receivers_registration_does(
    world: World, make: Any
) -> None:
    await know(world)
    await be_late(world, make)
    assert await world.notices() == {"email": "sent", "eoffice": "handed", "inbox": "sent"}
    copy = world.notifier.mail.to("sec502@demo.ocop.example")[-1]
    assert "không thay cho công văn" in world.notifier.mail.text(copy)
    world.office.sign(world.reference(), "12/CV-OCOP")
    assert (await world.call_back()).json() == {"known": 1}
    assert (await world.notices())["eoffice"] == "handed", "signed here, and not there yet"
    world.office.say(world.reference(), "01")
    await world.call_back()
    assert (await world.notices())["eoffice"] == "sent"
    world.office.say(world.reference(), "03")
    await world.call_back()
    assert (await world.notices())["eoffice"] == "delivered"
    shown = await world.document()
    assert (shown["stage"], shown["number"], shown["differs"]) == ("accepted", "12/CV-OCOP", False)
    assert [one["code"] for one in shown["statuses"]] == ["signed", "01", "03"]


async def test_nothing_but_the_e_office_ends_a_formal_notice(world: World, notifier: Any, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    await notifier.admin.execute(
        "UPDATE notifier.notices SET give_up_at = now() - interval '1 day', claimed_at = now() - interval '9 days'"
    )
    await notifier.turn()
    await notifier.deliver()
    assert (await world.notices())["eoffice"] == "handed"


async def test_where_the_e_office_does_not_call_it_is_asked_until_it_is_over(world: World, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    assert await world.ask() == 1
    assert (await world.document())["statuses"][0]["code"] == "registered"
    world.office.say(world.reference(), "03")
    await world.ask()
    assert (await world.notices())["eoffice"] == "delivered"
    assert await world.ask() == 0, "nothing is asked about what is over"


async def test_an_e_office_that_is_down_when_it_is_asked_changes_nothing(world: World, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    world.office.faults.status = 503
    assert await world.ask() == 1
    assert (await world.notices())["eoffice"] == "handed"


async def test_statuses_told_repeatedly_and_in_any_order_never_move_back(world: World, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    now = datetime.now(UTC)
    for status, ago in (("03", 1), ("01", 5), ("registered", 9), ("03", 1)):
        world.office.say(world.reference(), status, now - timedelta(minutes=ago))
        await world.call_back()
    assert (await world.notices())["eoffice"] == "delivered"
    assert [one["code"] for one in (await world.document())["statuses"]] == ["registered", "01", "03"]


async def test_a_refusal_fails_the_notice_and_says_why(world: World, notifier: Any, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    world.office.say(world.reference(), "02", note="Không đúng thẩm quyền")
    await world.call_back()
    (row,) = await notifier.rows("SELECT state, reason FROM notices WHERE channel = 'eoffice'")
    assert (row["state"], row["reason"]) == ("failed", "rejected")
    assert (await world.document())["statuses"][-1]["note"] == "Không đúng thẩm quyền"


async def test_a_status_that_nobody_knows_and_one_of_the_future_are_refused(world: World, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    world.office.say(world.reference(), "77")
    assert (await world.call_back()).status_code == 422
    world.office.say(world.reference(), "03", datetime.now(UTC) + timedelta(days=1))
    assert (await world.call_back()).status_code == 422
    assert (await world.notices())["eoffice"] == "handed"
    wrong = await world.office.call_back(world.http, f"{BASE}/receipts/eoffice", "wrong")
    assert wrong.status_code == 401


async def test_what_was_changed_before_it_was_signed_is_seen(world: World, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    text = world.office.text(world.reference()).replace("khẩn trương", "sớm")
    world.office.sign(world.reference(), "13/CV-OCOP", text)
    await world.call_back()
    shown = await world.document()
    assert shown["differs"] is True
    assert "khẩn trương" in shown["draft"]
    assert "sớm" in shown["signed_text"]


async def test_two_officers_of_a_unit_make_one_document(world: World, notifier: Any, make: Any) -> None:
    await know(world)
    second = make.appointed("deputy502", Role.DISTRICT_SECRETARY, "502", Level.DISTRICT)
    await be_late(world, make, second)
    assert len(world.office.drafts) == 1
    world.office.say(world.reference(), "03")
    await world.call_back()
    rows = await notifier.rows("SELECT state FROM notices WHERE channel = 'eoffice'")
    assert [row["state"] for row in rows] == ["delivered", "delivered"]


async def test_a_unit_without_an_identifier_is_skipped_and_says_so(world: World, notifier: Any, make: Any) -> None:
    await be_late(world, make)
    (row,) = await notifier.rows("SELECT state, reason FROM notices WHERE channel = 'eoffice'")
    assert (row["state"], row["reason"]) == ("skipped", "no_address")
    assert not world.office.drafts


async def test_a_lost_answer_is_asked_by_handing_over_again(world: World, notifier: Any, make: Any) -> None:
    await know(world)
    world.office.faults.lose = 1
    await be_late(world, make)
    assert (await world.notices())["eoffice"] == "unknown"
    await notifier.admin.execute(
        "UPDATE notifier.notices SET claimed_at = now() - interval '5 minutes' WHERE state = 'unknown'"
    )
    notifier.context.resources["eoffice"]._http.turns._rest_until = 0.0
    async with notifier.context.uow() as uow:
        await uow.deliveries.ask()
    await notifier.deliver()
    assert (await world.notices())["eoffice"] == "handed"
    assert len(world.office.drafts) == 1


async def test_a_secretary_notes_by_hand_and_everybody_elses_hands_are_off(world: World, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    path = f"{BASE}/formal-documents/{world.reference()}/statuses"
    body = {"status": "03", "at": datetime.now(UTC).isoformat(), "note": "Xem trên phần mềm"}
    for one in (AUDITOR, person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT)):
        assert (await world.http.post(path, json=body, headers=headers_for(one, key=True))).status_code == 403
    noted = await world.http.post(path, json=body, headers=headers_for(SECRETARY, key=True))
    assert (noted.status_code, noted.json()["stage"]) == (201, "accepted")
    assert noted.json()["statuses"][-1]["source"] == "person"
    assert (await world.notices())["eoffice"] == "delivered"
    officer = headers_for(person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT))
    for read in ("formal-documents", "formal-document-statuses", "eoffice-organisations"):
        assert (await world.http.get(f"{BASE}/{read}", headers=officer)).status_code == 403
        assert (await world.http.get(f"{BASE}/{read}", headers=headers_for(AUDITOR))).status_code == 200


async def test_what_is_not_registered_after_days_is_shown_as_overdue(world: World, make: Any) -> None:
    await know(world)
    await be_late(world, make)
    await world.notifier.clock("2023-08-14T08:01:00+07:00")
    listed = (await world.http.get(f"{BASE}/formal-documents?stage=handed", headers=headers_for(AUDITOR))).json()
    assert [(one["id"], one["overdue"]) for one in listed["items"]] == [(world.reference(), True)]
    assert UUID(listed["items"][0]["id"])


@pytest.mark.parametrize(
    ("chains", "fine"),
    [
        ([["eoffice"], ["email"], ["inbox"]], True),
        ([["eoffice"]], True),
        ([["email"], ["inbox"]], False),
        ([["eoffice", "email"], ["inbox"]], False),
    ],
    ids=["with copies", "alone", "copies only", "replaceable"],
)
async def test_a_policy_cannot_tell_a_formal_notice_by_anything_else(
    world: World, chains: list[list[str]], fine: bool
) -> None:
    from tests.notifier.policy_documents import policy

    draft = policy() | {
        "steps": [{"step": 7, "tell": [{"who": "responsible", "template": "formal_overdue", "chains": chains}]}]
    }
    answer = await world.http.post(f"{BASE}/reminder-policies", json=draft, headers=headers_for(SECRETARY, key=True))
    assert (answer.status_code == 201) is fine, answer.text
    if not fine:
        assert "formal" in {fault["code"] for fault in answer.json()["errors"]}
