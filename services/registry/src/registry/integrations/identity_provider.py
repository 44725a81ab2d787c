"""The OpenID Connect provider where people sign in: discovery, keys, verification of its id_tokens."""

import time
from typing import Any, Protocol

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from registry.domain.identities import Identity, identity_of, refusal
from registry.domain.tokens import Signer
from shared.clients.base import ServiceClient
from shared.errors import Unavailable

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519"]
KEYS_FRESH_SECONDS = 3600.0
KEYS_RETRY_SECONDS = 30.0
"""How long an unknown key id waits before the provider is asked again, so that garbage does not become load there."""


class IdentityProvider(Protocol):
    """Somebody who can say who signed in."""

    issuer: str

    async def verify(self, id_token: str, nonce: str | None) -> Identity:
        """The person of an id_token. Raises Unauthenticated (with `code`) or Unavailable."""


class OidcProvider:
    """A provider reached over HTTP by discovery (OpenID Connect Discovery 1.0)."""

    def __init__(self, issuer: str, audience: str, client: ServiceClient) -> None:
        """`client` has the issuer as its base address."""
        self.issuer, self._audience, self._client = issuer, audience, client
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")

    async def verify(self, id_token: str, nonce: str | None) -> Identity:
        """See IdentityProvider; the keys are fetched once an hour, and again for a key id not seen yet."""
        kid = _key_id(id_token)
        keys = await self._key_set(kid)
        try:
            claims = dict(jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _invalid() from error
        return identity_of(claims, issuer=self.issuer, audience=self._audience, nonce=nonce, now=time.time())

    async def _key_set(self, kid: str | None) -> KeySet:
        age = time.monotonic() - self._fetched_at
        unknown = self._keys is not None and kid is not None and kid not in {key.kid for key in self._keys.keys}
        if self._keys is None or age > KEYS_FRESH_SECONDS or (unknown and age > KEYS_RETRY_SECONDS):
            self._keys = await self._fetch()
            self._fetched_at = time.monotonic()
        return self._keys

    async def _fetch(self) -> KeySet:
        document = await self._client.get_json("/.well-known/openid-configuration")
        if document.get("issuer") != self.issuer or not isinstance(document.get("jwks_uri"), str):
            raise Unavailable(
                "Nhà cung cấp đăng nhập trả lời không đúng chuẩn.",
                "The sign-in provider's discovery document is not its own.",
                reason="discovery",
            )
        keys: Any = await self._client.get_json(document["jwks_uri"])
        return KeySet.import_key_set(keys)


class BuiltInProvider:
    """The development issuer, verified with its own key without a request to itself."""

    def __init__(self, issuer: str, audience: str, signer: Signer) -> None:
        self.issuer, self._audience, self._signer = issuer, audience, signer

    async def verify(self, id_token: str, nonce: str | None) -> Identity:
        """See IdentityProvider."""
        try:
            claims = self._signer.verify(id_token)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _invalid() from error
        return identity_of(claims, issuer=self.issuer, audience=self._audience, nonce=nonce, now=time.time())


def _key_id(token: str) -> str | None:
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise _invalid() from error
    return str(kid) if kid is not None else None


def _invalid() -> Exception:
    return refusal("id-token-invalid", "id_token không hợp lệ.", "The id_token is not valid.")
