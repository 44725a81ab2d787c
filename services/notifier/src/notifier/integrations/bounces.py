"""Bounces: a delivery status notification (RFC 3464) says which mail did not arrive, by the Message-ID we gave it."""

from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from notifier.domain.receipts import Receipt, reference_of

NO_SUCH_MAILBOX = ("5.1.", "5.2.1", "5.7.13")
"""Enhanced status codes (RFC 3463) after which nobody is reached there: bad address, mailbox or account closed."""


def read_bounce(content: bytes) -> list[Receipt]:
    """What a mail to the bounce address says: nothing when it only tells of a delay, or is no such report."""
    message = message_from_bytes(content, policy=default)
    if message.get_content_type() != "multipart/report" or not isinstance(message, EmailMessage):
        return []
    failed, status, reference = False, "", None
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in _blocks(part):
                if str(block.get("Action", "")).strip().lower() == "failed":
                    failed, status = True, str(block.get("Status", "")).strip()
        elif part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            reference = reference or _message_id(part)
    notice = reference_of(reference)
    if not failed or notice is None or not status.startswith("5"):
        return []
    return [Receipt(notice, "undelivered", "bounced", dead=status.startswith(NO_SUCH_MAILBOX))]


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _message_id(part: Message) -> str | None:
    """The local part of the returned mail's Message-ID."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        original = payload[0]
    else:
        content = part.get_payload(decode=True)
        original = message_from_bytes(content if isinstance(content, bytes) else b"", policy=default)
    local, at, _ = str(original.get("Message-ID", "")).strip().strip("<>").partition("@")
    return local if at else None
