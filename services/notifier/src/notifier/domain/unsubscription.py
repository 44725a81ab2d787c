"""The token of a link that declines without signing in (RFC 8058): it names one notice, and only we can make it."""

import base64
import hashlib
import hmac
from uuid import UUID

LONGEST = 100


def sign(notice_id: UUID, key: str) -> str:
    """The token of a notice."""
    return f"{notice_id.hex}.{_seal(notice_id, key)}"


def read(token: str, key: str) -> UUID | None:
    """The notice that a token names; None for one that is not ours."""
    name, _, seal = token.partition(".")
    try:
        notice_id = UUID(hex=name)
    except ValueError:
        return None
    return notice_id if hmac.compare_digest(seal.encode(), _seal(notice_id, key).encode()) else None


def _seal(notice_id: UUID, key: str) -> str:
    digest = hmac.digest(key.encode(), b"unsubscribe " + notice_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
