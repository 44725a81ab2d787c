"""Routes of outlets and OCOP centres."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from commerce.api.deps import OnceOnly, Registry, Token, Uow
from commerce.api.schemas.outlets import (
    ClosingDraft,
    ClosingRead,
    OutletDraft,
    OutletItem,
    OutletKind,
    OutletRead,
    StockDraft,
)
from commerce.domain.access import READS_CLOSINGS, RECORDS_OUTLETS, closings_to_read
from commerce.domain.outlets import not_a_commune
from commerce.persistence.outlets import OutletFilter
from commerce.use_cases.close_outlet import close_outlet
from commerce.use_cases.open_outlet import open_outlet
from commerce.use_cases.stock_product import stock_product
from shared.auth.actors import Actor
from shared.errors import Invalid, NotFound
from shared.http.access import allow, public
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("commerce", tags=["outlets"])


def outlet_filter(
    *,
    state: Literal["open", "closed", "all"] = "open",
    q: Annotated[str | None, Query(max_length=100, description="in name, address or commune; accents may lack")] = None,
    kind: OutletKind | None = None,
    commune_code: Annotated[str | None, Query(max_length=5)] = None,
    unit_code: Annotated[str | None, Query(max_length=5)] = None,
    province_code: Annotated[str | None, Query(max_length=5)] = None,
    product_id: UUID | None = None,
) -> OutletFilter:
    """The filters of the query string."""
    return OutletFilter(state, q, kind, commune_code, unit_code, province_code, product_id)


@router.post("/outlets", status_code=201, response_model=OutletRead)
async def add_outlet(
    *,
    request_body: OutletDraft,
    actor: Annotated[Actor, allow(*RECORDS_OUTLETS)],
    uow: Uow,
    once: OnceOnly,
    registry: Registry,
    token: Token,
) -> Response:
    """Open an outlet or centre; it counts for the district of its commune on that day (plan 2023 II.2).

    Registry is asked before the transaction begins, so that a slow registry holds no connection.
    """
    try:
        commune = await registry.unit(request_body.commune_code, request_body.opened_on, token)
    except NotFound as error:
        raise Invalid(faults=[not_a_commune()]) from error

    async def act() -> OutletRead:
        row = await open_outlet(
            uow,
            actor,
            outlet_id=request_body.id,
            commune=commune,
            **request_body.model_dump(exclude={"id", "commune_code"}),
        )
        return OutletRead.model_validate(await uow.outlets.get(row.id))

    return await once(act, location=_location)


@router.get("/outlets", response_model=Page[OutletItem], dependencies=[public()])
async def list_outlets(
    request: Request, uow: Uow, page: PageQuery, wanted: Annotated[OutletFilter, Depends(outlet_filter)]
) -> Response:
    """Where recognised products are sold, by name; for anybody. Closed ones with `state=closed`."""
    rows, following = await uow.outlets.page(wanted, page)
    return answer_page(request, Page(items=[OutletItem.model_validate(row) for row in rows], next=following))


@router.get("/outlets/{outlet_id}", response_model=OutletRead, dependencies=[public()])
async def get_outlet(request: Request, outlet_id: UUID, uow: Uow) -> Response:
    """One outlet with the products it may show as OCOP products today; for anybody."""
    return answer(request, OutletRead.model_validate(await uow.outlets.get(outlet_id)))


@router.post("/outlets/{outlet_id}/stock", status_code=201, response_model=OutletRead)
async def stock_outlet(
    outlet_id: UUID,
    request_body: StockDraft,
    actor: Annotated[Actor, allow(*RECORDS_OUTLETS)],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Stock a product; only one with a live certificate (plan 2023 II.2)."""

    async def act() -> OutletRead:
        await stock_product(uow, actor, outlet_id, request_body.product_id)
        return OutletRead.model_validate(await uow.outlets.get(outlet_id))

    return await once(act, location=_location)


@router.post("/outlets/{outlet_id}/closing", status_code=201, response_model=ClosingRead)
async def add_closing(
    outlet_id: UUID,
    request_body: ClosingDraft,
    actor: Annotated[Actor, allow(*RECORDS_OUTLETS)],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Close an outlet, with the reason."""

    async def act() -> ClosingRead:
        row = await close_outlet(uow, actor, outlet_id, **request_body.model_dump())
        return ClosingRead.model_validate(row)

    return await once(act, location=lambda _: f"/api/commerce/v1/outlets/{outlet_id}/closing")


@router.get("/outlets/{outlet_id}/closing", response_model=ClosingRead)
async def get_closing(
    request: Request, outlet_id: UUID, actor: Annotated[Actor, allow(*READS_CLOSINGS)], uow: Uow
) -> Response:
    """Why an outlet closed, for the officials of its place."""
    row = await uow.outlets.closing(closings_to_read(actor), outlet_id)
    return answer(request, ClosingRead.model_validate(row))


def _location(result: object) -> str:
    assert isinstance(result, OutletRead)
    return f"/api/commerce/v1/outlets/{result.id}"
