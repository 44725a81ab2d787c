"""What a sign-in provider says about a person, and the checks of OpenID Connect Core 1.0 §3.1.3.7."""

from dataclasses import dataclass
from typing import Any

from shared.errors import Unauthenticated

LEEWAY = 60
"""Seconds by which the provider's clock may differ from ours."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in person as the provider knows them; `email` only when the provider verified it."""

    issuer: str
    subject: str
    name: str
    email: str | None


def identity_of(claims: dict[str, Any], *, issuer: str, audience: str, nonce: str | None, now: float) -> Identity:
    """The person of an id_token whose signature was verified. Raises Unauthenticated whose `code` tells the fault.

    A token bound to a nonce is taken only with that nonce: only the client that began the sign-in can check it.
    """
    if claims.get("iss") != issuer:
        raise refusal("id-token-issuer", "id_token của nhà cung cấp khác.", "The id_token is of another issuer.")
    audiences = claims.get("aud")
    several = audiences if isinstance(audiences, list) else [audiences]
    if audience not in several or (len(several) > 1 and claims.get("azp") != audience):
        raise refusal(
            "id-token-audience", "id_token không dành cho hệ thống này.", "The id_token is not for this system."
        )
    expiry = claims.get("exp")
    if not isinstance(expiry, (int, float)) or expiry + LEEWAY <= now:
        raise refusal("id-token-expired", "id_token đã hết hạn.", "The id_token has expired.")
    start = claims.get("nbf", claims.get("iat", 0))
    if not isinstance(start, (int, float)) or start - LEEWAY > now:
        raise refusal("id-token-early", "id_token chưa có hiệu lực.", "The id_token is not valid yet.")
    if claims.get("nonce") != nonce:
        raise refusal("id-token-nonce", "nonce của id_token không khớp.", "The nonce of the id_token does not match.")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise refusal("id-token-invalid", "id_token không hợp lệ.", "The id_token is not valid.")
    verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
    email = str(claims["email"]) if verified else None
    name = next((claims[k] for k in ("name", "preferred_username") if isinstance(claims.get(k), str)), subject)
    return Identity(issuer, subject, str(name)[:200], email)


def refusal(code: str, vi: str, en: str) -> Unauthenticated:
    """A sign-in that is not accepted, with the fault's code."""
    return Unauthenticated(vi, en, code=code)
