"""E-mail over SMTP: what surely left, what surely did not, and what nobody can know, told apart.

A mail that failed before its text was handed over was not sent and may be tried again. Once the text is on its way
and no answer comes, the server may have taken it: SMTP cannot be asked, so such a mail is never sent again.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit
from uuid import UUID

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from notifier.domain.deliveries import Letter
from notifier.domain.templates import render
from notifier.integrations.channels import Refused, Taken, Unavailable, Uncertain
from notifier.integrations.mail_headers import MAIL_POLICY
from notifier.integrations.mail_signatures import MailSignature
from notifier.integrations.turns import Turns

CONNECT_SECONDS, COMMAND_SECONDS, SEND_SECONDS = 4.0, 5.0, 10.0
ENCRYPTION = {"smtp": (False, None), "smtp+starttls": (False, True), "smtps": (True, False)}
"""Scheme of the URL: (TLS from the first byte, STARTTLS: None where the server offers it)."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person. `reference` becomes its Message-ID, so that a duplicate would be visible."""

    reference: UUID
    name: str
    address: str
    subject: str
    body: str
    html: str
    unsubscribe: str | None = None
    """Address of the link that declines such mails (RFC 8058)."""


class EmailSender:
    """Sends through one SMTP server over a few connections that are kept and used again."""

    def __init__(
        self,
        url: str,
        mail_from: str,
        connections: int = 10,
        *,
        bounces_to: str | None = None,
        link: Callable[[UUID], str] | None = None,
        signature: MailSignature | None = None,
    ) -> None:
        """`bounces_to` is the envelope's sender, where bounces go; `link` makes the address that declines a notice.

        Raises ValueError for a URL that is not one of `smtp`, `smtp+starttls`, `smtps`.
        """
        parts = urlsplit(url)
        if parts.scheme not in ENCRYPTION or not parts.hostname:
            raise ValueError("SMTP_URL must be smtp://, smtp+starttls:// or smtps:// with a host")
        self._host, self._port = parts.hostname, parts.port or (465 if parts.scheme == "smtps" else 25)
        self._tls, self._starttls = ENCRYPTION[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "")
        if self._user and not self._tls:
            self._starttls = True  # a password never crosses the network in the clear
        self._from = mail_from
        _, self._sender = parseaddr(mail_from)
        self._link, self._signature = link, signature
        self._bounces_to = bounces_to or self._sender
        self._turns = Turns(connections)
        self._idle: list[SMTP] = []

    @property
    def resting(self) -> bool:
        """Whether the server could not be reached a moment ago."""
        return self._turns.resting

    def slot(self) -> AbstractAsyncContextManager[bool]:
        """A turn to send."""
        return self._turns.take()

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.quit()
            except (SMTPException, OSError):
                client.close()

    async def send(self, letter: Letter) -> Taken:
        """Render and send a notice as mail. Raises TemplateError, Refused, Unavailable or Uncertain."""
        words = render(letter.subject, letter.body, letter.html, letter.parameters)
        link = self._link(letter.notice_id) if self._link and letter.may_leave else None
        mail = Mail(letter.notice_id, letter.name, letter.address, words.subject, words.body, words.html, link)
        await self.send_mail(mail)
        return Taken()

    async def send_mail(self, mail: Mail) -> None:
        """Send one mail. Raises Refused, Unavailable or Uncertain."""
        try:
            content = self._message(mail).as_bytes()
        except (ValueError, MessageError, IndexError) as error:
            raise Refused(f"not a mail address: {error}") from error
        if self._signature is not None:
            content = await asyncio.to_thread(self._signature.sign, content)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                client = await self._envelope(mail.address)
        except TimeoutError as error:
            raise Unavailable("the server is too slow") from error
        try:
            await client.data(content)
        except SMTPResponseException as error:
            client.close()
            raise Refused(_said(error)) from error
        except (SMTPException, OSError, asyncio.CancelledError) as error:
            client.close()
            if isinstance(error, asyncio.CancelledError):
                raise
            raise Uncertain(f"{type(error).__name__}: {error}") from error
        self._idle.append(client)

    async def _envelope(self, address: str) -> SMTP:
        """A connection that has accepted sender and recipient. A kept one that died or timed out is replaced."""
        while True:
            kept = bool(self._idle)
            client = self._idle.pop() if kept else await self._connect()
            try:
                await client.mail(self._bounces_to)
            except (SMTPException, OSError) as error:  # about us or the connection, not about this recipient
                client.close()
                if not kept:
                    raise self._unreachable(error) from error
                continue
            except asyncio.CancelledError:
                client.close()
                raise
            await self._address(client, address)
            return client

    async def _address(self, client: SMTP, address: str) -> None:
        try:
            await client.rcpt(address)
        except SMTPResponseException as error:
            client.close()
            raise Refused(_said(error)) from error
        except (SMTPException, OSError) as error:
            client.close()
            raise self._unreachable(error) from error
        except asyncio.CancelledError:
            client.close()
            raise

    async def _connect(self) -> SMTP:
        client = SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls,
            start_tls=self._starttls,
            username=self._user,
            password=self._password if self._user else None,
            timeout=CONNECT_SECONDS,
        )
        try:
            await client.connect()
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            raise self._unreachable(error) from error
        client.timeout = COMMAND_SECONDS
        return client

    def _unreachable(self, error: Exception) -> Unavailable:
        self._turns.rest()
        return Unavailable(f"{type(error).__name__}: {error}")

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=MAIL_POLICY)
        message["From"] = self._from
        message["To"] = Address(display_name=mail.name, addr_spec=mail.address)
        message["Subject"] = mail.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = f"<{mail.reference}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "vi, en"
        if mail.unsubscribe:
            message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.body, cte="quoted-printable")
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        return message


def _said(error: SMTPResponseException) -> str:
    return f"{error.code} {error.message}"
