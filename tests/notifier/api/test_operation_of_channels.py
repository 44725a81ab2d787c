"""Operation, templates and receipts over the API."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.notifier.providers import give_phone, providers_for

from notifier.main import create_app
from notifier.settings import Settings
from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase

BASE = "/api/notifier/v1"
SECRET = "shared with the provider"
DUE = "2023-07-24T08:01:00+07:00"
BOUNCE = """From: MAILER-DAEMON@mail.example
To: bounces@ocop.example
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; someone@demo.ocop.example
Action: {action}
Status: {status}

--b
Content-Type: {kind}

Message-ID: <{notice}@ocop.example>
Subject: [OCOP]

--b--
"""


@pytest.fixture
async def http(notifier: Any, database: TestDatabase) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        database_url=database.urls["notifier"],
        environment="development",
        receipts_secret=SECRET,
        zns_app_id="app",
        zns_events_secret="events-secret",
    )
    app = create_app(settings, verifier=test_verifier())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


SECRETARY = person(Role.PROVINCE_SECRETARY)


async def post(http: httpx.AsyncClient, path: str, body: Any = None, actor: Any = SECRETARY) -> httpx.Response:
    return await http.post(f"{BASE}/{path}", json=body, headers=headers_for(actor, key=True))


async def get(http: httpx.AsyncClient, path: str, actor: Any = SECRETARY) -> httpx.Response:
    return await http.get(f"{BASE}/{path}", headers=headers_for(actor))


async def waiting(notifier: Any, make: Any, *units: str) -> None:
    await notifier.clock(DUE)
    for unit in units:
        await give_phone(notifier, make.known(f"sec{unit}"), "0912345" + unit)
    await notifier.tell(*make.deadlines(units))
    await notifier.turn()


async def test_only_the_secretary_switches_and_the_auditor_looks(http: httpx.AsyncClient) -> None:
    officer, auditor = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT), person(Role.AUDITOR)
    for path in ("operation", "notice-templates", "notice-templates/reminder/sms/1/preview"):
        assert [(await get(http, path, one)).status_code for one in (SECRETARY, auditor, officer)] == [200, 200, 403]
    bodies = {"channels/email/pause": {"because": "maintenance"}, "replays": {"channel": "email"}}
    bodies["operation/test-mode"] = {"enabled": True, "people": []}
    for path, body in bodies.items():
        for one in (officer, auditor):
            assert (await post(http, path, body, one)).status_code == 403


async def test_a_channel_is_paused_with_a_reason_and_resumed_and_both_are_in_the_audit(
    http: httpx.AsyncClient, notifier: Any, make: Any
) -> None:
    await waiting(notifier, make, "502")
    assert (await post(http, "channels/email/pause", {"because": "Bảo trì máy chủ"})).status_code == 201
    again = await post(http, "channels/email/pause", {"because": "again"})
    assert (again.status_code, again.json()["allowed"]) == (409, ["resume"])
    assert await notifier.deliver() == 0
    shown = {one["code"]: one for one in (await get(http, "operation")).json()["channels"]}
    assert (shown["email"]["paused_because"], shown["email"]["waiting"]) == ("Bảo trì máy chủ", 1)
    assert (await post(http, "channels/email/resumption")).status_code == 201
    assert await notifier.deliver() == 1
    assert (await post(http, "channels/none/pause", {"because": "none"})).status_code == 404
    actions = await notifier.admin.fetch("SELECT action FROM notifier.audit_entries ORDER BY id")
    assert [row["action"] for row in actions] == ["pause", "resume"]


async def test_operation_shows_queues_failures_and_costs(http: httpx.AsyncClient, notifier: Any, make: Any) -> None:
    async with providers_for(notifier, [["sms"]]) as providers:
        providers.sms.codes["84912345503"] = "177"
        await waiting(notifier, make, "502", "503")
        await notifier.deliver()
    seen = (await get(http, "operation?days=2")).json()
    sms = next(one for one in seen["channels"] if one["code"] == "sms")
    assert (sms["waiting"], sms["taken_last_hour"], sms["price"]) == (0, 1, 850)
    assert {"channel": "sms", "state": "failed", "reason": "network", "notices": 1} in seen["failures"]
    (cost,) = seen["costs"]
    assert (cost["unit_code"], cost["notices"], cost["cost"]) == ("502", 1, 850 * cost["segments"])


async def test_a_failed_notice_is_replayed_a_few_times_and_never_when_it_went_on(
    http: httpx.AsyncClient, notifier: Any, make: Any
) -> None:
    notifier.mail.poison = {"sec502@demo.ocop.example"}
    await waiting(notifier, make, "502")
    fail = "UPDATE notifier.notices SET state = 'failed', reason = 'gave_up' WHERE channel = 'email' AND step = -7"
    (row,) = await notifier.rows("SELECT id FROM notices WHERE channel = 'email' AND step = -7")
    assert (await post(http, f"notices/{row['id']}/replay")).status_code == 409, "it has not failed"
    for _ in range(3):
        await notifier.admin.execute(fail)
        assert (await post(http, "replays", {"channel": "email", "reason": "gave_up"})).json() == {"replayed": 1}
    await notifier.admin.execute(fail)
    assert (await post(http, "replays", {"channel": "email"})).json() == {"replayed": 0}
    assert (await post(http, f"notices/{row['id']}/replay")).status_code == 409
    await notifier.admin.execute("UPDATE notifier.notices SET replays = 0, followed = true")
    assert (await post(http, "replays", {"channel": "email"})).json() == {"replayed": 0}


async def test_test_mode_is_switched(http: httpx.AsyncClient, make: Any) -> None:
    body = {"enabled": True, "people": [str(make.known("sec502"))]}
    assert (await post(http, "operation/test-mode", body)).status_code == 201
    assert (await get(http, "operation")).json()["test_mode"] == body


async def test_a_template_is_drafted_previewed_approved_and_then_used(
    http: httpx.AsyncClient, notifier: Any, make: Any
) -> None:
    draft = {
        "code": "reminder",
        "form": "sms",
        "valid_from": "2023-01-01",
        "parameters": ["title", "days_left"],
        "body": "OCOP: còn {{ days_left }} ngày: {{ title }}",
    }
    made = await post(http, "notice-templates", draft)
    assert (made.status_code, made.json()["version"], made.json()["state"]) == (201, 2, "draft")
    one = "notice-templates/reminder/sms/2"
    preview = (await get(http, f"{one}/preview")).json()
    assert preview["body"].startswith("OCOP: con 7 ngay: Danh gia")
    assert preview["segments"] == 1
    published = await post(http, f"{one}/publication")
    assert (published.status_code, published.json()["allowed"]) == (409, ["submit"])
    assert (await post(http, f"{one}/decision", {"approved": True})).status_code == 409, "nobody was asked"
    submitted = (await post(http, f"{one}/submission")).json()
    assert (submitted["lead_days"], submitted["expected_on"] is not None) == (7, True)
    async with providers_for(notifier, [["sms"]]) as providers:
        decided = await post(http, f"{one}/decision", {"approved": True, "provider_template": "T-77"})
        assert (decided.status_code, decided.json()["state"]) == (201, "approved")
        await waiting(notifier, make, "502")
        await notifier.deliver()
    assert [m["Content"][:17] for m in providers.sms.messages.values()] == ["OCOP: con 7 ngay:"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "{{ title }} {{ due_on }}"}, "body"),
        ({"parameters": ["title", "shoe_size"]}, "parameters"),
        ({"parameters": ["title", "source"]}, "parameters"),
        ({"body": "{{ title"}, "body"),
        ({"code": "greeting"}, "code"),
        ({"form": "zns", "body": "Việc <task>"}, "fields"),
        ({"form": "zns", "body": "<task>", "fields": {"task": {"text": "{{ source }}", "most": 5}}}, "fields.task"),
        ({"form": "mail"}, "subject"),
    ],
)
async def test_a_template_that_cannot_be_filled_is_refused_when_it_is_drafted(
    http: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    draft = {"code": "reminder", "form": "sms", "valid_from": "2023-01-01", "parameters": ["title"]}
    answer = await post(http, "notice-templates", draft | {"body": "{{ title }}"} | change)
    assert answer.status_code == 422, answer.text
    assert field in {fault["field"] for fault in answer.json()["errors"]}


async def test_receipts_are_taken_only_from_who_proves_himself(http: httpx.AsyncClient, notifier: Any) -> None:
    for call in (
        http.get(f"{BASE}/receipts/sms?SendStatus=5"),
        http.get(f"{BASE}/receipts/sms?secret=wrong"),
        http.post(f"{BASE}/receipts/sms", json={}),
        http.post(f"{BASE}/receipts/email", content=b"x"),
        http.post(f"{BASE}/receipts/zns", json={"timestamp": "1"}, headers={"X-ZEvent-Signature": "mac=0"}),
    ):
        assert (await call).status_code == 401
    proof = {"X-Receipts-Secret": SECRET}
    for content in (b"[1]", b"{"):
        assert (await http.post(f"{BASE}/receipts/sms", content=content, headers=proof)).status_code == 400
    assert (await http.post(f"{BASE}/receipts/email", content=b"\xff\x00", headers=proof)).json() == {"known": 0}


async def test_the_callbacks_of_both_providers_arrive_and_repeating_them_changes_nothing(
    http: httpx.AsyncClient, notifier: Any, make: Any
) -> None:
    async with providers_for(notifier, [["sms"], ["zns"]]) as providers:
        await waiting(notifier, make, "502")
        await notifier.deliver()
        (request_id,) = providers.sms.messages
        for _ in range(3):
            values = providers.sms.callback(request_id) | {"secret": SECRET}
            assert (await http.get(f"{BASE}/receipts/sms", params=values)).json() == {"known": 1}
            body, headers = providers.zns.event(0)
            assert (await http.post(f"{BASE}/receipts/zns", content=body, headers=headers)).json() == {"known": 1}
    rows = await notifier.rows("SELECT channel, state FROM notices WHERE step = -7 ORDER BY channel")
    assert [tuple(row.values()) for row in rows] == [("sms", "delivered"), ("zns", "delivered")]
    assert len(await notifier.rows("SELECT 1 FROM receipts")) == 2


@pytest.mark.parametrize(
    ("action", "status", "state", "next_step"),
    [
        ("failed", "5.1.1", "failed", "address_dead"),
        ("failed", "5.2.2", "failed", None),
        ("delayed", "4.4.1", "sent", None),
    ],
)
@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
async def test_a_bounce_fails_the_notice_and_a_dead_mailbox_is_not_written_to_again(
    http: httpx.AsyncClient, notifier: Any, make: Any, action: str, status: str, state: str, next_step: str, kind: str
) -> None:
    await waiting(notifier, make, "502")
    await notifier.deliver()
    (row,) = await notifier.rows("SELECT id FROM notices WHERE channel = 'email' AND step = -7")
    mail = BOUNCE.format(action=action, status=status, notice=row["id"], kind=kind).replace("\n", "\r\n").encode()
    await http.post(f"{BASE}/receipts/email", content=mail, headers={"X-Receipts-Secret": SECRET})
    (row,) = await notifier.rows("SELECT state, reason FROM notices WHERE channel = 'email' AND step = -7")
    assert tuple(row.values()) == (state, "bounced" if state == "failed" else None)
    await notifier.at("2023-07-28T08:00:00+07:00")
    (row,) = await notifier.rows("SELECT reason FROM notices WHERE channel = 'email' AND step = -3")
    assert row["reason"] == next_step
    if next_step:  # the appointment has a new address: it is used
        await notifier.tell(make.appointed("sec502", Role.DISTRICT_SECRETARY, "502", email="new@x.example", revision=2))
        await notifier.at("2023-07-30T08:00:00+07:00")
        assert len(notifier.mail.to("new@x.example")) == 1
