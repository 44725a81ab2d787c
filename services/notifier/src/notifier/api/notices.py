"""Notices, the caller's inbox, and the summary."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from notifier.api.deps import OnceOnly, Uow
from notifier.api.schemas.notices import InboxItem, InboxPage, NoticeRead, NoticeState, Summary
from notifier.domain.access import SEES_ALL_NOTICES
from notifier.persistence.notices import NoticeFilter
from notifier.use_cases.read_inbox import mark_read
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("notifier", tags=["notices"])


@router.get("/notices", response_model=Page[NoticeRead])
async def list_notices(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    state: NoticeState | None = None,
    unit_code: Annotated[str | None, Query(max_length=100)] = None,
    obligation_id: UUID | None = None,
) -> Response:
    """Who was told what, newest first: everybody's for the province secretary and the auditor, else one's own."""
    person = None if actor.has(*SEES_ALL_NOTICES) else actor.person_id
    rows, following = await uow.notices.page(NoticeFilter(person, state, unit_code, obligation_id), page)
    return answer_page(request, Page(items=[NoticeRead.of(row) for row in rows], next=following))


@router.get("/inbox", response_model=InboxPage)
async def list_inbox(request: Request, actor: Annotated[Actor, signed_in()], uow: Uow, page: PageQuery) -> Response:
    """What the caller was told, newest first, and how many of it is unread."""
    rows, following = await uow.notices.inbox(actor.person_id, page)
    unread = await uow.notices.unread(actor.person_id)
    return answer_page(request, InboxPage(items=[InboxItem.of(row) for row in rows], next=following, unread=unread))


@router.post("/inbox/{notice_id}/reading", status_code=201, response_model=InboxItem)
async def read_inbox_item(notice_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow, once: OnceOnly) -> Response:
    """Note that the caller has read a notice of their inbox; the first reading stands."""

    async def act() -> InboxItem:
        return InboxItem.of(await mark_read(uow, actor, notice_id))

    return await once(act)


@router.get("/summary", response_model=Summary)
async def read_summary(request: Request, _actor: Annotated[Actor, signed_in()], uow: Uow) -> Response:
    """Counts by state, and whether everything due now was handled (`unsettled` is 0)."""
    row = await uow.notices.summary()
    summary = Summary(notices_by_state=row.notices, obligations_by_state=row.obligations, unsettled=row.unsettled)
    return answer(request, summary)
