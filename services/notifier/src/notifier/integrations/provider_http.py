"""Calls to providers over HTTP: what surely did not arrive and what may have, told apart. The only user of httpx."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from notifier.integrations.channels import Misconfigured, Refused, Unavailable, Uncertain
from notifier.integrations.turns import Turns

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 8.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class ProviderHttp:
    """One provider's address, with few connections and short patience."""

    def __init__(self, url: str, concurrency: int, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.turns = Turns(concurrency)
        self._http = httpx.AsyncClient(
            base_url=url,
            verify=url.startswith("https:"),  # reading the authorities takes 17 ms and a megabyte
            timeout=httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency),
        )

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[bool]:
        """A turn to call."""
        async with self.turns.take() as free:
            yield free

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def post(
        self,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The answer's JSON object. Raises Unavailable when nothing arrived, Uncertain when nobody can know.

        Refused and Misconfigured for statuses that say so; what is wrong inside a 200 is the caller's to read.
        """
        try:
            answer = await self._http.post(path, json=json, data=form, headers=headers)
        except _NOT_SENT as error:
            self.turns.rest()
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        except httpx.RequestError as error:
            self.turns.rest()
            raise Uncertain(type(error).__name__) from error
        status = answer.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS:
            self.turns.rest()
            raise Unavailable("too many requests")
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            self.turns.rest()
            raise Uncertain(f"HTTP {status}")
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise Misconfigured(f"HTTP {status}: the provider does not accept this account")
        if status >= httpx.codes.BAD_REQUEST:
            raise Refused(f"HTTP {status}")
        try:
            body = answer.json()
        except ValueError as error:
            raise Uncertain("an answer that is no JSON") from error
        if not isinstance(body, dict):
            raise Uncertain("an answer that is no JSON object")
        return body
