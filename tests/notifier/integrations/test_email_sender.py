"""The mail server's URL, encryption, and the mail as it leaves."""

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest

from notifier.integrations.channels import Refused, Unavailable
from notifier.integrations.email import EmailSender, Mail
from shared.ids import new_id


def mail(address: str = "a@demo.ocop.example", name: str = "Nguyễn Thị Thử") -> Mail:
    return Mail(new_id(), name, address, "[OCOP] Đã hết hạn", "Kính gửi\nMắm & muối\n", "<p>Mắm &amp; muối</p>\n")


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.example:25", "smtp+tls://mail"])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        EmailSender(url, "x@ocop.example")


@pytest.mark.parametrize(
    ("url", "port", "encryption"),
    [
        ("smtp://mail.example", 25, (False, None)),
        ("smtp+starttls://mail.example:587", 587, (False, True)),
        ("smtps://mail.example", 465, (True, False)),
        ("smtp://user:p%40ss@mail.example", 25, (False, True)),
    ],
)
def test_a_password_never_crosses_the_network_in_the_clear(
    url: str, port: int, encryption: tuple[bool, bool | None]
) -> None:
    sender = EmailSender(url, "x@ocop.example")
    assert (sender._port, (sender._tls, sender._starttls)) == (port, encryption)


async def test_a_server_without_encryption_gets_no_password(mail_server: Any) -> None:
    sender = EmailSender(f"smtp://user:secret@127.0.0.1:{mail_server.port}", "x@ocop.example")
    with pytest.raises(Unavailable):
        await sender.send_mail(mail())
    assert mail_server.mails == []


async def test_vietnamese_survives_in_both_parts_and_in_the_headers(mail_server: Any) -> None:
    sender = EmailSender(f"smtp://127.0.0.1:{mail_server.port}", "Chương trình OCOP <no-reply@ocop.example>")
    sent = mail()
    await sender.send_mail(sent)
    await sender.close()
    (message,) = mail_server.mails
    assert message["Subject"] == "[OCOP] Đã hết hạn"
    assert message["To"] == "Nguyễn Thị Thử <a@demo.ocop.example>"
    assert message["From"].addresses[0].display_name == "Chương trình OCOP"
    assert mail_server.text(message) == "Kính gửi\nMắm & muối\n"
    assert message.get_body(("html",)).get_content().strip() == "<p>Mắm &amp; muối</p>"
    assert message["Message-ID"] == f"<{sent.reference}@ocop.example>"


WORDS = [
    "Cấp",
    "huyện",
    "đánh",
    "giá,",
    "phân",
    "hạng",
    "trước",
    "tháng",
    "8/2023",
    "–",
    "Huyện",
    "Nam",
    "Trà",
    "My",
    "còn",
    "7",
    "ngày:",
    "[OCOP]",
    "Nguyễn",
    "Thị",
    "Phương",
]


@pytest.mark.parametrize("length", [1, 5, 12, 30])
def test_no_space_of_a_long_subject_or_name_is_lost(length: int) -> None:
    """Between two encoded words a space is dropped by whoever reads them: each must lie within one."""
    sender = EmailSender("smtp://127.0.0.1:1", "Chương trình Mỗi xã một sản phẩm <x@ocop.example>")
    for start in range(len(WORDS)):
        turned = ((WORDS[start:] + WORDS[:start]) * 2)[:length]
        subject, name = "[OCOP] " + " ".join(turned), " ".join(["Lê", *(word for word in turned if word.isalpha())])
        content = sender._message(replace(mail(name=name), subject=subject)).as_bytes()
        assert max(len(line) for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n")) <= 78
        # Read as mail programs do; Python's newer parser of addresses puts a space between words of its own.
        head = message_from_bytes(content)
        shown = {key: str(make_header(decode_header(head[key]))) for key in ("Subject", "To", "From")}
        assert shown["Subject"] == subject
        assert shown["To"].removesuffix("<a@demo.ocop.example>").strip() == name
        assert shown["From"] == "Chương trình Mỗi xã một sản phẩm <x@ocop.example>"


async def test_a_kept_connection_that_died_is_replaced_unnoticed(mail_server: Any) -> None:
    sender = EmailSender(f"smtp://127.0.0.1:{mail_server.port}", "x@ocop.example")
    await sender.send_mail(mail())
    for client in sender._idle:
        client.close()
    await sender.send_mail(mail())
    await sender.close()
    assert len(mail_server.mails) == 2


@pytest.mark.parametrize("address", ["no at sign", "a@b\r\nBcc: c@d.example", ""])
async def test_an_address_that_is_none_is_refused_before_anything_is_sent(mail_server: Any, address: str) -> None:
    sender = EmailSender(f"smtp://127.0.0.1:{mail_server.port}", "x@ocop.example")
    with pytest.raises(Refused):
        await sender.send_mail(mail(address))
    assert mail_server.mails == []


async def test_a_name_with_a_line_break_cannot_add_a_header(mail_server: Any) -> None:
    sender = EmailSender(f"smtp://127.0.0.1:{mail_server.port}", "x@ocop.example")
    with pytest.raises(Refused):
        await sender.send_mail(mail(name="Tên\r\nBcc: c@d.example"))
    assert mail_server.mails == []
