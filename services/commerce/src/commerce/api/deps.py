"""What routes are given: the unit of work, the once-only runner of POSTs, the client of registry."""

from typing import Annotated

from fastapi import Depends, Request

from commerce.persistence.unit_of_work import CommerceUow
from shared.clients.registry import RegistryClient
from shared.http.deps import bearer_token, uow_opener
from shared.http.idempotency import IdempotencyKey, Once

Uow = Annotated[CommerceUow, Depends(uow_opener(CommerceUow), scope="function")]
Token = Annotated[str, Depends(bearer_token)]


def run_once(request: Request, uow: Uow, key: IdempotencyKey = None) -> Once:
    """Runs the route's act once per Idempotency-Key."""
    return Once(request, uow, key)


def registry_client(request: Request) -> RegistryClient:
    """The client of registry that this process uses."""
    client: RegistryClient = request.app.state.registry
    return client


OnceOnly = Annotated[Once, Depends(run_once, scope="function")]
Registry = Annotated[RegistryClient, Depends(registry_client)]
