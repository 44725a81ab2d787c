"""Zalo's OAuth v4 tokens: the refresh token works once and brings the next one, so it is kept in one place only."""

import asyncio
import hashlib
import json
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken

from notifier.domain.tokens import SealedToken
from notifier.integrations.channels import Misconfigured, Refused, Unavailable, Uncertain
from notifier.integrations.provider_http import ProviderHttp

RENEW = "/v4/oa/access_token"
EARLY = timedelta(minutes=10)
"""So long before its end a token is renewed."""
RENEWAL_SECONDS = 4.0


class Renewal(Protocol):
    """The turn to renew."""

    async def read(self) -> SealedToken | None:
        """What is stored now."""
        ...

    async def keep(self, sealed: bytes, seed_digest: str, lifetime: timedelta) -> None:
        """Store the next one."""
        ...


class Store(Protocol):
    """Where the tokens of all workers are."""

    async def read(self) -> SealedToken | None:
        """What is stored now."""
        ...

    def renewal(self) -> AbstractAsyncContextManager[Renewal | None]:
        """The only turn to renew, or None when another has it."""
        ...


class ZaloTokens:
    """The access token of an official account. `seed` is the refresh token an administrator obtained by hand."""

    def __init__(self, url: str, app_id: str, secret: str, seed: str, key: str, store: Store) -> None:
        """`key` is 32 bytes in URL-safe base64: the tokens are encrypted with it. Raises ValueError otherwise."""
        self._http = ProviderHttp(url, 1, RENEWAL_SECONDS)
        self._app_id, self._secret, self._seed = app_id, secret, seed
        self._seed_digest = hashlib.sha256(seed.encode()).hexdigest()
        self._box = Fernet(key)
        self._store = store
        self._lock = asyncio.Lock()
        self._access, self._expires_at = "", datetime.min.replace(tzinfo=UTC)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def current(self) -> str:
        """A token that is good for some minutes. Raises Unavailable or Misconfigured."""
        async with self._lock:
            if datetime.now(UTC) + EARLY < self._expires_at:
                return self._access
            return await self._next("")

    async def renewed(self, *, instead_of: str) -> str:
        """Another token than the one that was refused."""
        async with self._lock:
            if self._access and self._access != instead_of:
                return self._access
            return await self._next(instead_of)

    async def _next(self, refused: str) -> str:
        """The stored token if it is a newer one, else one that we fetch alone."""
        if self._usable(await self._store.read(), refused):
            return self._access
        async with self._store.renewal() as turn:
            if turn is None:
                raise Unavailable("another worker is renewing the token")
            stored = await turn.read()
            if self._usable(stored, refused):
                return self._access
            refresh = self._seed
            if stored is not None and stored.seed_digest == self._seed_digest:
                refresh = self._open(stored)["refresh"]
            access, refresh, lifetime = await self._fetch(refresh)
            sealed = self._box.encrypt(json.dumps({"access": access, "refresh": refresh}).encode())
            await turn.keep(sealed, self._seed_digest, lifetime)
        self._access, self._expires_at = access, datetime.now(UTC) + lifetime
        return access

    def _usable(self, stored: SealedToken | None, refused: str) -> bool:
        if stored is None or stored.seed_digest != self._seed_digest or datetime.now(UTC) + EARLY > stored.expires_at:
            return False
        access = self._open(stored)["access"]
        if access == refused:
            return False
        self._access, self._expires_at = access, stored.expires_at
        return True

    def _open(self, stored: SealedToken) -> dict[str, str]:
        try:
            opened: dict[str, str] = json.loads(self._box.decrypt(stored.sealed))
        except InvalidToken as error:
            raise Misconfigured("the stored token was sealed with another key (NOTIFIER_TOKEN_KEY)") from error
        return opened

    async def _fetch(self, refresh: str) -> tuple[str, str, timedelta]:
        form = {"refresh_token": refresh, "app_id": self._app_id, "grant_type": "refresh_token"}
        try:
            answer = await self._http.post(RENEW, form=form, headers={"secret_key": self._secret})
        except (Uncertain, Refused) as error:  # no message is concerned: it waits
            raise Unavailable(f"the token was not renewed: {error}") from error
        if not answer.get("access_token") or not answer.get("refresh_token"):
            raise Misconfigured(f"the refresh token was refused: {answer.get('error_name') or answer.get('error')}")
        return answer["access_token"], answer["refresh_token"], timedelta(seconds=int(answer.get("expires_in", 3600)))
