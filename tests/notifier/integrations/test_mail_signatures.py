"""Mails signed by their domain, verified by a reader of its own on what the server took."""

import asyncio
import base64
import re
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from notifier.integrations.email import EmailSender, Mail
from notifier.integrations.mail_signatures import MailSignature
from shared.ids import new_id

FROM = "Chương trình OCOP <no-reply@mail.ocop.example>"


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    text: str = key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()
    return text


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published(key: rsa.RSAPrivateKey) -> Any:
    """DNS with the public half."""
    half = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        return b"v=DKIM1; k=rsa; p=" + half if name == b"ocop2026._domainkey.ocop.example." else None

    return look_up


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
async def test_a_mail_that_arrives_is_verified_with_the_link_that_declines_it(
    mail_server: Any, key: rsa.RSAPrivateKey, form: PrivateFormat
) -> None:
    signature = MailSignature("ocop.example", "ocop2026", pem(key, form), FROM)
    sender = EmailSender(f"smtp://127.0.0.1:{mail_server.port}", FROM, signature=signature)
    body = "Kính gửi\n.một dòng bắt đầu bằng dấu chấm\n" + "dài " * 400 + "\n"
    sent = Mail(new_id(), "Nguyễn Thị Thử", "a@demo.ocop.example", "[OCOP] Đã hết hạn, đánh giá", body, "<p>Mắm</p>\n",
                "https://ocop.example/u/1")  # fmt: skip
    await sender.send_mail(sent)
    await sender.close()
    (arrived,) = mail_server.raw
    assert await asyncio.to_thread(dkim.verify, arrived, dnsfunc=published(key))
    named = re.search(rb"\bh=([^;]+);", arrived)
    assert named
    assert {b"from", b"subject", b"list-unsubscribe", b"list-unsubscribe-post"} <= {
        one.strip() for one in named[1].lower().split(b":")
    }
    changed = arrived.replace(b"https://ocop.example/u/1", b"https://evil.example/u/1")
    assert changed != arrived
    assert not await asyncio.to_thread(dkim.verify, changed, dnsfunc=published(key))
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert not await asyncio.to_thread(dkim.verify, arrived, dnsfunc=published(other))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024), "2048 bits"),
        (lambda: ec.generate_private_key(ec.SECP256R1()), "must be RSA"),
    ],
    ids=["short", "other kind"],
)
def test_a_key_that_nobody_accepts_is_refused_at_the_start(made: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MailSignature("ocop.example", "s", pem(made()), FROM)


def test_what_is_no_key_and_a_sender_of_another_domain_are_refused(key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(ValueError, match="no readable PEM"):
        MailSignature("ocop.example", "s", "-----BEGIN NONSENSE-----", FROM)
    for domain in ("other.example", "op.example"):
        with pytest.raises(ValueError, match="says nothing about it"):
            MailSignature(domain, "s", pem(key), FROM)
