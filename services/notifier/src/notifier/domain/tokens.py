"""Tokens of a provider as they are stored."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SealedToken:
    """Encrypted access and refresh token. `seed_digest` says which setting the first one came from."""

    sealed: bytes
    seed_digest: str
    expires_at: datetime
