"""The mailbox of a development system: what was kept is listed, narrowed to one address, and opened as it came."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import httpx
import pytest
from deploy.simulators.mail import Mailbox
from starlette.applications import Starlette


@pytest.fixture
def box(tmp_path: Path) -> httpx.AsyncClient:
    """Two mails, and a file beside the folder that is nobody's mail."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (tmp_path / "secret.eml").write_text("not a mail of ours")
    for number, to in enumerate(("a@demo.ocop.example", "b@demo.ocop.example")):
        mail = EmailMessage(policy=SMTP)
        mail["Subject"], mail["Message-ID"] = f"Thư số {number}", f"<{number}@ocop.example>"
        mail.set_content("Kính gửi\n")
        head = f"X-Envelope-From: x@ocop.example\r\nX-Envelope-To: {to}\r\n".encode()
        (folder / f"2026-{number}.eml").write_bytes(head + mail.as_bytes())
    app = Starlette(routes=Mailbox(folder).routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mailbox")


async def test_mails_are_listed_oldest_first_and_by_address(box: httpx.AsyncClient) -> None:
    listed = (await box.get("/mail/messages")).json()["messages"]
    assert [(one["subject"], one["message_id"]) for one in listed] == [
        ("Thư số 0", "<0@ocop.example>"),
        ("Thư số 1", "<1@ocop.example>"),
    ]
    mine = (await box.get("/mail/messages", params={"to": "b@demo.ocop.example"})).json()["messages"]
    assert [one["name"] for one in mine] == ["2026-1.eml"]


async def test_a_mail_is_opened_as_it_came_and_nothing_else_is(box: httpx.AsyncClient) -> None:
    opened = await box.get("/mail/messages/2026-0.eml")
    assert (opened.status_code, opened.headers["content-type"]) == (200, "message/rfc822")
    assert opened.content.startswith(b"X-Envelope-From: ")
    for name in ("2026-9.eml", "..%2Fsecret.eml", "../secret.eml"):
        assert (await box.get(f"/mail/messages/{name}")).status_code == 404
