"""Calls to another service that cannot hang us: short timeouts, few retries, a retry budget and a breaker."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import httpx

from shared.correlation import traceparent
from shared.errors import NotFound, Problem, Unavailable

CONNECT_SECONDS, READ_SECONDS = 1.0, 3.0
RETRIES = 2
RETRY_SHARE = 0.1
BREAKER_WINDOW, BREAKER_SHARE, BREAKER_SECONDS = 20, 0.5, 5.0


class ServiceClient:
    """Reads from one service. Writes cross between services as events, never as calls."""

    def __init__(self, service: str, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.service = service
        self._http = httpx.AsyncClient(
            base_url=base_url,
            verify=base_url.startswith("https:"),  # reading the authorities takes 17 ms and a megabyte
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=10),
        )
        self._recent: deque[bool] = deque(maxlen=BREAKER_WINDOW)
        self._open_until = 0.0
        self._calls = 0
        self._retries = 0

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get_json(
        self, path: str, *, token: str | None = None, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The JSON body of a GET. `token` acts for the caller, so that the other service applies its scope.

        Raises NotFound for 404, Unavailable when the service does not answer or its breaker is open, and Problem with
        the other service's own words for its other refusals.
        """
        if time.monotonic() < self._open_until:
            raise self._unavailable("breaker-open")
        self._calls += 1
        for attempt in range(RETRIES + 1):
            try:
                answer = await self._http.get(path, params=params, headers=_headers(token))
            except httpx.RequestError as error:
                self._note(ok=False)
                if not self._may_retry(attempt):
                    raise self._unavailable(type(error).__name__) from error
            else:
                self._note(ok=answer.status_code < 500)
                if answer.status_code < 500 or not self._may_retry(attempt):
                    return self._read(answer)
            await asyncio.sleep(random.uniform(0.05, 0.2) * 2**attempt)  # noqa: S311  # jitter, not a secret
        raise self._unavailable("retries-exhausted")

    def _may_retry(self, attempt: int) -> bool:
        if attempt >= RETRIES or time.monotonic() < self._open_until:
            return False
        if self._retries > max(3, self._calls * RETRY_SHARE):
            return False
        self._retries += 1
        return True

    def _note(self, *, ok: bool) -> None:
        self._recent.append(ok)
        failures = self._recent.count(False)
        if len(self._recent) == BREAKER_WINDOW and failures >= BREAKER_WINDOW * BREAKER_SHARE:
            self._open_until = time.monotonic() + BREAKER_SECONDS
            self._recent.clear()

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code == 404:
            raise NotFound()
        if answer.status_code >= 500:
            raise self._unavailable(str(answer.status_code))
        try:
            body = answer.json()
        except ValueError as error:  # a proxy's page, not the service's own words
            raise self._unavailable("unexpected-body") from error
        if not isinstance(body, dict):
            raise self._unavailable("unexpected-body")
        if answer.status_code >= 400:
            raise _relayed(answer.status_code, body)
        return body

    def _unavailable(self, reason: str) -> Unavailable:
        return Unavailable(
            f"Dịch vụ {self.service} chưa trả lời, xin thử lại sau.",
            f"Service {self.service} does not answer; retry later.",
            reason=reason,
            headers={"Retry-After": "2"},
        )


def _headers(token: str | None) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if parent := traceparent():
        headers["traceparent"] = parent
    return headers


def _relayed(status: int, body: dict[str, Any]) -> Problem:
    kind = type("RelayedProblem", (Problem,), {"status": status, "slug": str(body.get("type", "")).rpartition("/")[2]})
    problem: Problem = kind(str(body.get("detail", "")), str(body.get("detail", "")))
    return problem
