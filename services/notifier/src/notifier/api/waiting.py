"""What waits for the caller: the frontends' first screen, and its badge."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AwareDatetime

from notifier.api.deps import Uow
from notifier.api.schemas.waiting import WaitingCount, WaitingItem, WaitingPage
from notifier.domain.access import owner_keys
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import PageQuery, answer_page

router = service_router("notifier", tags=["waiting"])
Since = Annotated[
    AwareDatetime | None,
    Query(description="only what changed at or after this instant; ask again from a minute before the last answer"),
]


@router.get("/waiting", response_model=WaitingPage)
async def list_waiting(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    updated_since: Since = None,
) -> Response:
    """The caller's own open duties across services, overdue first, with what is left, how far it is and where to act.

    Own: of the person, of the producers acted for, and of the offices held. With `updated_since`, own duties that
    changed since then by time of change, also those that ended (`waiting` false): a client drops these.
    """
    owners = owner_keys(actor)
    rows, following = await uow.waiting.page(owners, updated_since, page)
    counts = await uow.waiting.counts(owners, actor.person_id)
    items = [WaitingItem.of(row, counts.today) for row in rows]
    return answer_page(request, WaitingPage(items=items, next=following, count=WaitingCount.of(counts)))


@router.get("/waiting/count", response_model=WaitingCount)
async def count_waiting(
    request: Request, actor: Annotated[Actor, signed_in()], uow: Uow, updated_since: Since = None
) -> Response:
    """The badge: own open duties, how many of them are overdue, and unread items of the inbox. One read of an index.

    With `updated_since`, only the duties that changed since then count; the inbox always counts whole.
    """
    since: datetime | None = updated_since
    return answer(request, WaitingCount.of(await uow.waiting.counts(owner_keys(actor), actor.person_id, since)))
