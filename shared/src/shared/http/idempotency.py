"""Idempotency-Key on every POST (IETF draft): the same key and body have one effect and one answer.

The key, the effect and the stored answer are one transaction: a request that fails leaves no key behind.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.actors import Actor
from shared.db.engine import Database
from shared.db.unit_of_work import UnitOfWork
from shared.errors import BadRequest, Conflict, IdempotencyKeyMissing, IdempotencyKeyReused, RequestInFlight
from shared.http.etags import etag_of

_LOOK = text(
    """
    SELECT pg_try_advisory_xact_lock(hashtextextended(:actor || ' ' || :key, 0)) AS alone,
           k.route, k.body_hash, k.status, k.headers::text AS headers, k.body
    FROM (SELECT 1) AS one LEFT JOIN idempotency_keys k ON k.actor = :actor AND k.key = :key
    """
)
_KEEP = text(
    """
    INSERT INTO idempotency_keys (actor, key, route, body_hash, status, headers, body)
    VALUES (:actor, :key, :route, :body_hash, :status, CAST(:headers AS jsonb), :body)
    """
)

LONGEST_KEY = 255

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="one per intended effect; kept 7 days", max_length=LONGEST_KEY),
]


def usable_key(key: str | None) -> str:
    """The key of a POST. Raises 400 when it is missing or holds what a header may not."""
    if not key:
        raise IdempotencyKeyMissing(
            "Gửi header Idempotency-Key (ví dụ một UUID) với mỗi POST.",
            "Send an Idempotency-Key header (a UUID, for instance) with each POST.",
        )
    if not key.isascii() or not key.isprintable():
        raise BadRequest("Idempotency-Key có ký tự không hợp lệ.", "Idempotency-Key has an invalid character.")
    return key


def fingerprint(scope: Mapping[str, Any], body: bytes) -> tuple[str, bytes]:
    """What a key is bound to: the address as called (a dry run is not the real one), and the hash of the body."""
    query = scope["query_string"].decode("latin-1")
    return f"{scope['method']} {scope['path']}{query and '?' + query}", hashlib.sha256(body).digest()


def kept_answer(content: str, status: int, headers: Mapping[str, str], *, replay: bool) -> Response:
    """An answer that is stored under a key; `replay` says that this is not its first time."""
    told = dict(headers) | ({"Idempotent-Replay": "true"} if replay else {})
    return Response(content, status, told, media_type="application/json")


class Once:
    """Runs an act once per (caller, key). Made by a service's `deps.py` from the request and its unit of work."""

    def __init__(self, request: Request, uow: UnitOfWork, key: str | None) -> None:
        self.request, self.uow, self.key = request, uow, usable_key(key)

    async def __call__(
        self,
        act: Callable[[], Awaitable[BaseModel]],
        *,
        status: int = 201,
        location: Callable[[BaseModel], str] | None = None,
    ) -> Response:
        """The act's answer, or the stored one without its fields `shown_once`. 409 in flight, 422 for another body."""
        session: AsyncSession = self.uow.session
        caller: Actor | None = getattr(self.request.state, "actor", None)
        actor = str(caller.person_id) if caller else "public"
        route, body_hash = fingerprint(self.request.scope, await self.request.body())
        row = (await session.execute(_LOOK, {"actor": actor, "key": self.key})).one()
        if row.status is not None:
            if (row.route, row.body_hash) != (route, body_hash):
                raise IdempotencyKeyReused()
            return kept_answer(row.body, row.status, json.loads(row.headers), replay=True)
        if not row.alone:
            raise RequestInFlight(headers={"Retry-After": "1"})
        try:
            result = await act()
            await self.uow.flush()
        except (Conflict, IntegrityError) as refusal:
            if await self._answered(actor):  # a twin committed between our look and our lock: we met its effect
                raise RequestInFlight(headers={"Retry-After": "1"}) from refusal
            raise
        headers = _headers(result, location(result) if location else None)
        content = result.model_dump_json()
        kept = {"actor": actor, "key": self.key, "route": route, "body_hash": body_hash, "status": status}
        stored = result.model_dump_json(exclude=getattr(result, "shown_once", None))
        try:
            await session.execute(_KEEP, kept | {"headers": json.dumps(headers), "body": stored})
        except IntegrityError as error:  # the twin committed between our look and our lock
            raise RequestInFlight(headers={"Retry-After": "1"}) from error
        return kept_answer(content, status, headers, replay=False)

    async def _answered(self, actor: str) -> bool:
        """Whether an answer is stored now. Asked outside our transaction, which may have failed."""
        database: Database = self.request.app.state.database
        asked = "SELECT true FROM idempotency_keys WHERE actor = $1 AND key = $2"
        return bool(await database.reads.fetchval(asked, actor, self.key))


def _headers(result: BaseModel, location: str | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    version = getattr(result, "version", None)
    if isinstance(version, int):
        headers["ETag"] = etag_of(version)
    if location:
        headers["Location"] = location
    return headers
