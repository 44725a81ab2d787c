"""A small client of the public API: signs demonstration people in, retries safely, waits for what comes by event."""

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds to wait for a service that was killed, or for an event to have its effect."""


class DemoFailedError(Exception):
    """The system did not do what the demonstration expects."""


class Api:
    """The system at one origin."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)
        self._tokens: dict[str, str] = {}

    def person(self, code: str) -> "Person":
        """A demonstration person, by code."""
        return Person(self, code)

    def forget_tokens(self) -> None:
        """Sign everybody in again: appointments depend on the date."""
        self._tokens.clear()

    def token(self, code: str) -> str:
        """The person's platform token."""
        if code not in self._tokens:
            answer = self.request("POST", "/api/registry/v1/dev-tokens", json={"person": code})
            self._tokens[code] = str(answer.json()["access_token"])
        return self._tokens[code]

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request; repeated as it is while the system restarts a process. The key makes a repeat harmless."""
        headers = {"Idempotency-Key": str(uuid4()), "Accept-Language": "vi"} | options.pop("headers", {})
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.http.request(method, path, headers=headers, **options)
            except httpx.TransportError as error:
                if time.monotonic() > give_up:
                    raise DemoFailedError(f"{method} {path}: {error}") from error
            else:
                busy = answer.status_code in {502, 503, 504} or _not_yet(answer)
                if not busy or time.monotonic() > give_up:
                    return answer
            time.sleep(0.3)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a public read."""
        return _json(self.request("GET", path, params=params))

    def move_clock(self, instant: str) -> None:
        """Move the programme's time (development only) and sign everybody in anew."""
        _json(self.request("PUT", "/api/registry/v1/dev-clock", json={"now": instant}))
        self.forget_tokens()

    def real_time(self) -> None:
        """Put the programme's clock back to the present."""
        _json(self.request("PUT", "/api/registry/v1/dev-clock", json={"offset_seconds": 0}))
        self.forget_tokens()


class Person:
    """Somebody signed in."""

    def __init__(self, api: Api, code: str) -> None:
        self.api, self.code = api, code

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.api.token(self.code)}"} | options.pop("headers", {})
        return self.api.request(method, path, headers=headers, **options)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a read."""
        return _json(self._send("GET", path, params=params))

    def each(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        following: str | None = None
        while True:
            page = self.get(path, limit=100, **params, **({"cursor": following} if following else {}))
            yield from page["items"]
            following = page["next"]
            if following is None:
                return

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """The items of a list."""
        return list(self.each(path, **params))

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON answer of a POST."""
        return _json(self._send("POST", path, json=body if body is not None else {}))

    def refused(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The problem document of a request that must be refused."""
        answer = self._send(method, path, json=body if body is not None else {})
        if answer.status_code < 400:
            raise DemoFailedError(f"{method} {path} by {self.code} was not refused: {answer.text[:300]}")
        problem: dict[str, Any] = answer.json()
        return problem

    def put_bytes(self, path: str, content: bytes, kind: str) -> None:
        """Upload a file."""
        answer = self._send("PUT", path, content=content, headers={"Content-Type": kind})
        if answer.status_code >= 400:
            raise DemoFailedError(f"PUT {path}: {answer.status_code} {answer.text[:300]}")

    def get_bytes(self, path: str, **params: Any) -> bytes:
        """The content of a file."""
        answer = self._send("GET", path, params=params)
        if answer.status_code >= 400:
            raise DemoFailedError(f"GET {path}: {answer.status_code} {answer.text[:300]}")
        return answer.content

    def edit(self, path: str, body: Any, part: str = "") -> Any:
        """The JSON answer of a PUT on the thing at `path`, or on a part of it, by the version it has now.

        A PUT whose answer was lost finds its own change at the second try: then it is written over the version that
        it made itself.
        """
        while True:
            answer = self._send("PUT", path + part, json=body, headers={"If-Match": self.etag(path)})
            if answer.status_code != 412:
                return _json(answer)

    def etag(self, path: str) -> str:
        """The ETag of a thing as it is now."""
        return str(self._send("GET", path).headers["ETag"])

    def id(self) -> UUID:
        """The person's id."""
        return UUID(self.get("/api/registry/v1/me")["person_id"])


def wait_for(what: str, look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """What `look` returns once it is true; raises after so many seconds."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise DemoFailedError(f"waited {patience:.0f} s in vain for {what}")


def _not_yet(answer: httpx.Response) -> bool:
    """Whether waiting helps: the first try is still at work, or what the request needs comes by event."""
    return answer.status_code == 409 and "Retry-After" in answer.headers


def _json(answer: httpx.Response) -> Any:
    if answer.status_code >= 400:
        request = answer.request
        raise DemoFailedError(f"{request.method} {request.url.path}: {answer.status_code} {answer.text[:800]}")
    return answer.json()
