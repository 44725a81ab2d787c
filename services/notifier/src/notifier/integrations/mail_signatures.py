"""Mails signed by their sender's domain (DKIM, RFC 6376), so that others believe where they come from."""

from collections.abc import Sequence
from email.utils import parseaddr

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

LEAST_BITS = 2048
"""Mail systems take shorter keys for no signature at all (RFC 8301 asks for 2048)."""
SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"content-language",
    b"auto-submitted",
    b"list-unsubscribe",  # mail programs show a link that declines only where it is signed (RFC 8058 §4)
    b"list-unsubscribe-post",
)


class MailSignature:
    """Signs for one domain with one RSA key; its public half stands in DNS at `<selector>._domainkey.<domain>`."""

    def __init__(self, domain: str, selector: str, key: str, mail_from: str) -> None:
        """`key` is PEM. Raises ValueError for a key that nobody accepts, or a sender of another domain."""
        sender = parseaddr(mail_from)[1].rpartition("@")[2].lower()
        if sender != domain.lower() and not sender.endswith(f".{domain.lower()}"):
            raise ValueError(f"mails come from {sender}, and a signature of {domain} says nothing about it")
        try:
            private = load_pem_private_key(key.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ValueError("the DKIM key is no readable PEM") from error
        if not isinstance(private, RSAPrivateKey) or private.key_size < LEAST_BITS:
            raise ValueError(f"the DKIM key must be RSA of at least {LEAST_BITS} bits")
        self._domain, self._selector = domain.encode("idna"), selector.encode("ascii")
        self._key = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """The mail with its signature in front. Milliseconds of arithmetic: call it on a thread."""
        import dkim  # noqa: PLC0415  # and what it needs for DNS: only for who signs

        header: bytes = dkim.sign(
            message,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=_present(message),
        )
        return header + message


def _present(message: bytes) -> Sequence[bytes]:
    head, _, _ = message.partition(b"\r\n\r\n")
    names = {line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")}
    return [name for name in SIGNED if name in names]
