"""Dependencies every service declares alike in its `api/deps.py`."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from fastapi import Request

from shared.db.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)


def uow_opener(uow_type: type[U]) -> Callable[[Request], AsyncIterator[U]]:
    """A dependency that opens one transaction around the route.

    Use it with `Depends(…, scope="function")`: the commit must come before the answer, so that a failed commit is a
    failed request. With FastAPI's default scope the 201 would leave first.
    """

    async def open_uow(request: Request) -> AsyncIterator[U]:
        async with uow_type.open(request.app.state.database) as uow:
            yield uow

    return open_uow


def bearer_token(request: Request) -> str:
    """The caller's own token, to ask another service in the caller's name."""
    return request.headers.get("authorization", "").partition(" ")[2]
