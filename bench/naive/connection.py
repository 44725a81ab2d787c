"""Sessions and the caller, as every naive application has them."""

import json
import os
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared.auth.actors import Actor
from shared.auth.tokens import TokenVerifier


def session_opener(service: str) -> Callable[[], AsyncIterator[AsyncSession]]:
    """A dependency that gives a session of the service's role; as many connections as the product has for reads."""
    url = os.environ[f"{service.upper()}_DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1)
    sessions = async_sessionmaker(create_async_engine(url, pool_size=5, max_overflow=5), expire_on_commit=False)

    async def open_session() -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            yield session

    return open_session


async def _keys() -> dict[str, Any]:
    keys: dict[str, Any] = json.loads(os.environ["BENCH_KEYS"])
    return keys


_VERIFIER = TokenVerifier(_keys)


async def caller(request: Request, authorization: Annotated[str, Header()]) -> Actor:
    """The signed-in person."""
    return await _VERIFIER.verify(authorization.partition(" ")[2])


SignedIn = Annotated[Actor, Depends(caller)]
