"""Duties and silences, within the caller's scope."""

from collections.abc import Awaitable
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from notifier.api.deps import OnceOnly, Uow
from notifier.api.schemas.obligations import (
    MoveDraft,
    ObligationDetail,
    ObligationRead,
    ObligationState,
    SilenceRead,
    WaiverDraft,
)
from notifier.domain.access import DECIDE, scope_of
from notifier.persistence.obligations import ObligationFilter
from notifier.persistence.tables.obligations import Obligation
from notifier.use_cases.decide_duties import MoveOf, WaiverOf, move_duty, waive_duty
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("notifier", tags=["obligations"])
Decider = Annotated[Actor, allow(*DECIDE)]
Code = Annotated[str | None, Query(max_length=100)]
Year = Annotated[int | None, Query(ge=2018, le=2100)]


@router.get("/obligations", response_model=Page[ObligationRead])
async def list_obligations(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    unit_code: Code = None,
    state: ObligationState | None = None,
    code: Code = None,
    year: Year = None,
    period: Code = None,
    q: Annotated[
        str | None, Query(max_length=200, description="words of the title or unit, diacritics ignored")
    ] = None,
) -> Response:
    """Duties by due date, those without one last: own unit, own person, own producers, and those one stands above."""
    narrow = ObligationFilter(unit_code, state, code, year, period, q)
    rows, following = await uow.obligations.page(scope_of(actor), narrow, page)
    return answer_page(request, Page(items=[ObligationRead.of(row) for row in rows], next=following))


@router.get("/obligations/{obligation_id}", response_model=ObligationDetail)
async def read_obligation(
    request: Request, obligation_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow
) -> Response:
    """One duty with the history of its due date and its reminder steps."""
    found = await uow.obligations.get(scope_of(actor), obligation_id)
    return answer(request, ObligationDetail.with_history(found), version=found.row.version)


@router.post("/obligations/{obligation_id}/waiver", status_code=201, response_model=ObligationRead)
async def waive_obligation(
    obligation_id: UUID, draft: WaiverDraft, actor: Decider, uow: Uow, once: OnceOnly, version: IfMatch
) -> Response:
    """Waive an open or missed duty by a written decision: who stands above it, never who owes it. Final reminders end.

    409 when the duty is met or waived already, or is not theirs to waive.
    """
    decided = WaiverOf(obligation_id, version, draft.reason, draft.document)
    return await once(lambda: _read(waive_duty(uow, actor, decided)))


@router.post("/obligations/{obligation_id}/move", status_code=201, response_model=ObligationRead)
async def move_obligation(
    obligation_id: UUID, draft: MoveDraft, actor: Decider, uow: Uow, once: OnceOnly, version: IfMatch
) -> Response:
    """Give one duty another last day; the old stays in `acts`, and reminders follow the new. Revives a waived duty.

    409 when the duty is met, or when the law or another service sets its date.
    """
    decided = MoveOf(obligation_id, version, draft.reason, draft.document, draft.due_on)
    return await once(lambda: _read(move_duty(uow, actor, decided)))


async def _read(decided: Awaitable[Obligation]) -> ObligationRead:
    return ObligationRead.of(await decided)


@router.get("/silences", response_model=Page[SilenceRead])
async def list_silences(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    code: Code = None,
    year: Year = None,
    unit_code: Code = None,
    period: Code = None,
) -> Response:
    """Units from which nothing had come by a deadline, the latest deadline first."""
    narrow = ObligationFilter(unit_code=unit_code, code=code, year=year, period=period)
    rows, following = await uow.obligations.silent_page(scope_of(actor), narrow, page)
    return answer_page(request, Page(items=[SilenceRead.of(row) for row in rows], next=following))
