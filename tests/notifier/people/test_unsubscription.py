"""The link in a mail that declines without signing in (RFC 8058)."""

from email.message import EmailMessage
from email.policy import default
from typing import Any

import httpx
from tests.notifier.people.conftest import LINK_KEY, Caller

from notifier.domain.unsubscription import read, sign
from notifier.integrations.email import EmailSender
from notifier.settings import Settings
from notifier.worker import unsubscription_link
from shared.contracts.roles import Level
from shared.ids import new_id

AS_SENT = default.clone(refold_source="none")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def mails_with_links(notifier: Any, make: Any) -> list[EmailMessage]:
    """A reminder of a plan's date and one of a council's, sent by a worker that signs links."""
    settings = Settings(
        database_url="postgresql://x@127.0.0.1/x",
        environment="development",
        public_url="https://ocop.example",
        link_key=LINK_KEY,
    )
    url = f"smtp://127.0.0.1:{notifier.mail.port}"
    sender = EmailSender(url, "OCOP <no-reply@ocop.example>", link=unsubscription_link(settings))
    notifier.context.resources["email"] = sender
    await notifier.tell(make.deadline("502"), make.deadline("502", code="council_meeting"))
    await notifier.at("2023-07-24T08:00:00+07:00")
    await sender.close()
    return list(notifier.mail.mails)


def path_of(mail: EmailMessage) -> str:
    address = str(mail["List-Unsubscribe"])
    assert address.startswith("<https://ocop.example/")
    return address.strip("<>").removeprefix("https://ocop.example")


async def test_only_mails_that_may_be_declined_carry_the_link_and_it_is_whole(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    mails = await mails_with_links(notifier, make)
    assert len(mails) == 2
    (mail,) = [one for one in mails if one["List-Unsubscribe"]]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (line,) = [line for line in mail.as_bytes(policy=AS_SENT).splitlines() if line.startswith(b"List-Unsubscribe:")]
    assert line.startswith(b"List-Unsubscribe: <https://ocop.example/api/notifier/v1/unsubscriptions?token=")
    assert line.endswith(b">")
    assert secretary


async def test_opening_the_link_changes_nothing_and_its_button_declines_once(
    notifier: Any, make: Any, secretary: Caller, http: httpx.AsyncClient
) -> None:
    (mail,) = [one for one in await mails_with_links(notifier, make) if one["List-Unsubscribe"]]
    page = await http.get(path_of(mail), headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert 'name="List-Unsubscribe" value="One-Click"' in page.text
    assert "dates set by plans" in page.text
    assert "sec502" not in page.text
    assert (await secretary.get("/preferences")).json()["version"] == 0
    for _ in range(3):
        done = await http.post(path_of(mail), data=ONE_CLICK)
        assert (done.status_code, done.headers["content-type"]) == (200, "text/html; charset=utf-8")
    chosen = (await secretary.get("/preferences")).json()
    assert chosen["version"] == 1
    assert [(t["code"], o["channel"], o["by"]) for t in chosen["topics"] for o in t["opt_outs"]] == [
        ("plan_date", "email", "link")
    ]
    await notifier.at("2023-07-30T08:00:00+07:00")
    assert len(notifier.mail.mails) == 3, "the council's went out, the plan's stays in the inbox"


async def test_mail_providers_may_send_the_form_in_parts_and_a_post_without_it_is_refused(
    notifier: Any, make: Any, secretary: Caller, http: httpx.AsyncClient
) -> None:
    (mail,) = [one for one in await mails_with_links(notifier, make) if one["List-Unsubscribe"]]
    assert (await http.post(path_of(mail))).status_code == 400
    assert (await secretary.get("/preferences")).json()["version"] == 0
    parts = {"List-Unsubscribe": (None, "One-Click")}
    assert (await http.post(path_of(mail), files=parts)).status_code == 200
    assert (await secretary.get("/preferences")).json()["version"] == 1


async def test_a_link_for_what_the_law_demands_says_why_not(
    notifier: Any, make: Any, secretary: Caller, http: httpx.AsyncClient
) -> None:
    await mails_with_links(notifier, make)
    (row,) = await notifier.rows(
        "SELECT n.id FROM notices n JOIN obligations o ON o.id = n.obligation_id"
        " WHERE o.code = 'council_meeting' AND n.channel = 'email' AND n.state = 'sent'"
    )
    path = f"/api/notifier/v1/unsubscriptions?token={sign(row['id'], LINK_KEY)}"
    assert "Căn cứ" in (await http.get(path)).text
    refused = await http.post(path, data=ONE_CLICK)
    assert refused.status_code == 409
    assert "quy chế hoạt động của Hội đồng" in refused.json()["rule"]
    assert (await secretary.get("/preferences")).json()["version"] == 0


async def test_a_token_that_is_not_ours_opens_nothing(http: httpx.AsyncClient, secretary: Caller) -> None:
    notice = new_id()
    forged = [sign(notice, "x" * 32), f"{notice.hex}.", "x", f"{new_id().hex}.{sign(notice, LINK_KEY)[33:]}"]
    for token in [*forged, sign(notice, LINK_KEY)]:
        path = f"/api/notifier/v1/unsubscriptions?token={token}"
        assert (await http.get(path)).status_code == 404
        assert (await http.post(path, data=ONE_CLICK)).status_code == 404
    assert [read(token, LINK_KEY) for token in forged] == [None] * 4
    assert read(sign(notice, LINK_KEY), LINK_KEY) == notice
    assert secretary.actor.appointments[0].level is Level.DISTRICT
