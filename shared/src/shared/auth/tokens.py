"""Platform tokens: short-lived JWTs signed by registry (Ed25519, RFC 9864), verified by its published keys."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Level, Role
from shared.errors import Problem, Unauthenticated, Unavailable

log = structlog.get_logger(__name__)

ISSUER = "ocop-registry"
AUDIENCE = "ocop"
ALGORITHM = "Ed25519"
REMEMBERED = 2048
LONGEST_TOKEN = 16_384
KEYS_FRESH_SECONDS = 300.0
KEYS_RETRY_SECONDS = 5.0


_NOT_A_TOKEN = (ValueError, KeyError, TypeError, JoseError, RecursionError)
"""What decoding raises for a token, or importing for a key set, that is not one."""


class TokenVerifier:
    """Verifies platform tokens; remembers verified ones until they expire and keys for five minutes.

    However many requests come, keys are fetched by one at a time, and for unknown signatures at most once in
    `KEYS_RETRY_SECONDS`. While registry does not answer, the keys it gave last stay good.
    """

    def __init__(self, fetch_keys: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        """`fetch_keys` returns registry's JWK set."""
        self._fetch = fetch_keys
        self._fetching = asyncio.Lock()
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._known: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    async def verify(self, token: str) -> Actor:
        """The token's person. Raises Unauthenticated whose `code` tells which fault it was."""
        known = self._known.get(token)
        if known is not None:
            if known[0] > time.time():
                return known[1]
            del self._known[token]
            raise _expired()
        claims = await self._claims(token)
        actor = actor_of(claims)
        self._known[token] = (float(claims["exp"]), actor)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return actor

    async def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise _invalid()
        keys, asked_at = await self._fresh_keys(), self._fetched_at
        try:
            decoded = _decode(token, keys)
        except Unauthenticated:
            if time.monotonic() - asked_at < KEYS_RETRY_SECONDS:
                raise
            decoded = _decode(token, await self._fetch_keys(asked_at))  # the keys may have been rotated
        claims = dict(decoded.claims)
        if claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
            raise _refusal(
                "token-not-for-us", "Token không dành cho hệ thống này.", "The token is not for this system."
            )
        if not isinstance(claims.get("exp"), (int, float)) or claims["exp"] <= time.time():
            raise _expired()
        return claims

    async def _fresh_keys(self) -> KeySet:
        """The keys; those that were fetched long ago are fetched anew by one request, while others go on with them."""
        if self._keys is None:
            return await self._fetch_keys(self._fetched_at)
        old = time.monotonic() - self._fetched_at > KEYS_FRESH_SECONDS
        return await self._fetch_keys(self._fetched_at) if old and not self._fetching.locked() else self._keys

    async def _fetch_keys(self, asked_at: float) -> KeySet:
        """Fetch the keys unless someone has since `asked_at`. Raises Unavailable when there have never been any."""
        async with self._fetching:
            if self._keys is None or self._fetched_at == asked_at:
                try:
                    self._keys = KeySet.import_key_set(await self._fetch())  # type: ignore[arg-type]  # plain JSON from registry
                except (Problem, *_NOT_A_TOKEN) as error:
                    if self._keys is None:
                        raise Unavailable(headers={"Retry-After": "2"}) from error
                    log.warning("signing_keys_not_refreshed", reason=type(error).__name__)
                self._fetched_at = time.monotonic()
            return self._keys


def _decode(token: str, keys: KeySet) -> jwt.Token:
    try:
        return jwt.decode(token, keys, algorithms=[ALGORITHM])
    except _NOT_A_TOKEN as error:
        raise _invalid() from error


def actor_of(claims: dict[str, Any]) -> Actor:
    """The person of verified claims. Raises Unauthenticated when they lack what a platform token has."""
    try:
        return Actor(
            UUID(claims["sub"]),
            str(claims["name"]),
            tuple(
                Appointment(
                    role=Role(a["role"]),
                    level=Level(a["level"]),
                    unit_code=a["unit"],
                    producer_id=UUID(a["producer"]) if a.get("producer") else None,
                    body_code=a.get("body"),
                    group_path=a.get("group"),
                    evidence_kind=a.get("evidence"),
                )
                for a in claims["appointments"]
            ),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _invalid() from error


def claims_of(actor: Actor, *, now: int, lifetime: int) -> dict[str, Any]:
    """The claims registry signs for a person; times in seconds since 1970."""
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(actor.person_id),
        "name": actor.name,
        "iat": now,
        "exp": now + lifetime,
        "appointments": [
            {
                key: str(value)
                for key, value in {
                    "role": a.role,
                    "level": a.level,
                    "unit": a.unit_code,
                    "producer": a.producer_id,
                    "body": a.body_code,
                    "group": a.group_path,
                    "evidence": a.evidence_kind,
                }.items()
                if value is not None
            }
            for a in actor.appointments
        ],
    }


def _invalid() -> Unauthenticated:
    return _refusal("token-invalid", "Token không hợp lệ.", "The token is not valid.")


def _expired() -> Unauthenticated:
    return _refusal("token-expired", "Phiên đăng nhập đã hết hạn.", "The token has expired.")


def _refusal(code: str, vi: str, en: str) -> Unauthenticated:
    return Unauthenticated(
        vi,
        en,
        code=code,
        headers={"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{code}"'},
    )
