"""Routes of fairs, promotion abroad, conferences and supply-demand meetings."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from commerce.api.deps import OnceOnly, Uow
from commerce.api.schemas.trade_events import (
    ParticipationDraft,
    ResultDraft,
    TradeEventDraft,
    TradeEventItem,
    TradeEventRead,
)
from commerce.domain.access import RECORDS_TRADE_EVENTS, sales_to_read
from commerce.persistence.trade_events import TradeEventFilter
from commerce.persistence.unit_of_work import CommerceUow
from commerce.use_cases.add_participation import add_participation
from commerce.use_cases.announce_trade_event import announce_trade_event
from commerce.use_cases.book_result import book_result
from shared.auth.actors import Actor
from shared.contracts.commerce import TradeEventKind
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("commerce", tags=["trade events"])

Organiser = Annotated[Actor, allow(*RECORDS_TRADE_EVENTS)]


def trade_event_filter(
    *,
    state: Literal["announced", "held"] | None = None,
    q: Annotated[str | None, Query(max_length=100, description="in name or place; accents may lack")] = None,
    kind: TradeEventKind | None = None,
    province_code: Annotated[str | None, Query(max_length=5)] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    product_id: UUID | None = None,
) -> TradeEventFilter:
    """The filters of the query string."""
    return TradeEventFilter(state, q, kind, province_code, year, product_id)


@router.post("/trade-events", status_code=201, response_model=TradeEventRead)
async def add_trade_event(request_body: TradeEventDraft, actor: Organiser, uow: Uow, once: OnceOnly) -> Response:
    """Announce an event of the province's trade promotion (plan 2023 II.2)."""

    async def act() -> TradeEventRead:
        row = await announce_trade_event(uow, actor, **request_body.model_dump())
        return await _read(uow, actor, row.id)

    return await once(act, location=_location)


@router.get("/trade-events", response_model=Page[TradeEventItem])
async def list_trade_events(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    wanted: Annotated[TradeEventFilter, Depends(trade_event_filter)],
) -> Response:
    """Events, the latest first."""
    rows, following = await uow.trade_events.page(wanted, page)
    items = [TradeEventItem.of(row, sales_shown=_sales_shown(actor, row)) for row in rows]
    return answer_page(request, Page(items=items, next=following))


@router.get("/trade-events/{trade_event_id}", response_model=TradeEventRead)
async def get_trade_event(
    request: Request, trade_event_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow
) -> Response:
    """One event with the products that take part."""
    return answer(request, await _read(uow, actor, trade_event_id))


@router.post("/trade-events/{trade_event_id}/participations", status_code=201, response_model=TradeEventRead)
async def add_product_to_event(
    trade_event_id: UUID, request_body: ParticipationDraft, actor: Organiser, uow: Uow, once: OnceOnly
) -> Response:
    """Let a product take part; only one with a live certificate (plan 2023 III.5)."""

    async def act() -> TradeEventRead:
        await add_participation(uow, actor, trade_event_id, request_body.product_id)
        return await _read(uow, actor, trade_event_id)

    return await once(act, location=_location)


@router.post("/trade-events/{trade_event_id}/result", status_code=201, response_model=TradeEventRead)
async def add_result(
    trade_event_id: UUID, request_body: ResultDraft, actor: Organiser, uow: Uow, once: OnceOnly
) -> Response:
    """Book the result: from now on the event counts as held."""

    async def act() -> TradeEventRead:
        await book_result(uow, actor, trade_event_id, **request_body.model_dump())
        return await _read(uow, actor, trade_event_id)

    return await once(act, location=_location)


async def _read(uow: CommerceUow, actor: Actor, trade_event_id: UUID) -> TradeEventRead:
    row = await uow.trade_events.get(trade_event_id)
    return TradeEventRead.of(row, sales_shown=_sales_shown(actor, row))


def _sales_shown(actor: Actor, row: Any) -> bool:
    return sales_to_read(actor).covers(unit_code=None, province_code=row.province_code)


def _location(result: object) -> str:
    assert isinstance(result, TradeEventRead)
    return f"/api/commerce/v1/trade-events/{result.id}"
