"""What routes are given: the unit of work, and the once-only runner of POSTs."""

from typing import Annotated

from fastapi import Depends, Request

from notifier.integrations.units import UnitDirectory
from notifier.persistence.unit_of_work import NotifierUow
from shared.http.deps import uow_opener
from shared.http.idempotency import IdempotencyKey, Once

Uow = Annotated[NotifierUow, Depends(uow_opener(NotifierUow), scope="function")]


def run_once(request: Request, uow: Uow, key: IdempotencyKey = None) -> Once:
    """Runs the route's act once per Idempotency-Key."""
    return Once(request, uow, key)


OnceOnly = Annotated[Once, Depends(run_once, scope="function")]


def units_of(request: Request) -> UnitDirectory:
    """The directory of units that this process asks."""
    directory: UnitDirectory = request.app.state.units
    return directory
