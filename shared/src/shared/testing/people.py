"""Invented people with platform tokens, for tests of one service without registry."""

import time
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from shared.auth.actors import Actor, Appointment
from shared.auth.tokens import ALGORITHM, TokenVerifier, claims_of
from shared.contracts.roles import Level, Role
from shared.ids import new_id

_KEY = OKPKey.generate_key("Ed25519", {"kid": "tests", "use": "sig", "alg": ALGORITHM})


async def _public_keys() -> dict[str, Any]:
    return {"keys": [dict(_KEY.as_dict(private=False))]}


def test_verifier() -> TokenVerifier:
    """A verifier that trusts the tokens of `token_for`."""
    return TokenVerifier(_public_keys)


test_verifier.__test__ = False  # type: ignore[attr-defined]  # pytest must not collect it


def person(
    role: Role,
    unit: str = "49",
    level: Level = Level.PROVINCE,
    *,
    producer: UUID | None = None,
    name: str = "Người thử nghiệm",
    person_id: UUID | None = None,
) -> Actor:
    """A person with one appointment."""
    return Actor(person_id or new_id(), name, (Appointment(role, level, unit, producer),))


def token_for(actor: Actor, lifetime: int = 600) -> str:
    """A platform token for the person, valid for `lifetime` seconds (negative: expired already)."""
    claims = claims_of(actor, now=int(time.time()), lifetime=lifetime)
    return jwt.encode({"alg": ALGORITHM, "kid": "tests"}, claims, KeySet([_KEY]), algorithms=[ALGORITHM])


def headers_for(actor: Actor, *, key: bool = False) -> dict[str, str]:
    """Request headers that sign the person in; with `key`, a fresh Idempotency-Key too."""
    headers = {"Authorization": f"Bearer {token_for(actor)}"}
    if key:
        headers["Idempotency-Key"] = str(new_id())
    return headers
