"""Products: register, read within scope, correct; their participation; the taxonomies."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Request, Response

from registry.api.deps import OnceOnly, Uow
from registry.api.producers import SearchText
from registry.api.schemas.fields import CommuneCode, GroupPath, Star, UnitCode, Year
from registry.api.schemas.products import (
    ParticipationDraft,
    ProductChange,
    ProductDraft,
    ProductItem,
    ProductRead,
    TaxonomyRead,
)
from registry.domain.product_access import READERS, scope_of
from registry.domain.product_groups import taxonomy, taxonomy_on
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.edit_product import edit_product
from registry.use_cases.read_product import read_product, read_summary
from registry.use_cases.register_product import join_programme, register_product
from shared.auth.actors import Actor
from shared.contracts.registry import ProductSummary
from shared.http.access import public, signed_in
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["products"])
TaxonomyName = Literal["qd26-2026", "qd148-2023", "qd1048-2019"]


async def _read(uow: RegistryUow, actor: Actor, product_id: UUID) -> ProductRead:
    """The product as the writer sees it after the change; a new producer's own scope may lie in this transaction."""
    return ProductRead.model_validate_json(await uow.products.document(product_id, scope_of(actor, READERS)))


@router.get("/product-groups", response_model=TaxonomyRead, dependencies=[public()])
async def list_product_groups(
    request: Request, uow: Uow, name: Annotated[TaxonomyName | None, Query(alias="taxonomy")] = None
) -> Response:
    """The product groups of a decision with their scoring sheets; without `taxonomy`, the one in force."""
    found = taxonomy(name) if name else taxonomy_on(await uow.today())
    return answer(request, TaxonomyRead.model_validate(found))


@router.post("/products", status_code=201, response_model=ProductRead)
async def add_product(
    request_body: ProductDraft, actor: Annotated[Actor, signed_in()], uow: Uow, once: OnceOnly
) -> Response:
    """Register a product with its baseline before OCOP; it takes part in `year`."""

    async def act() -> ProductRead:
        draft = request_body.model_dump()
        product = await register_product(uow, actor, **draft.pop("baseline"), **draft)
        return await _read(uow, actor, product.id)

    return await once(act, location=lambda read: f"/api/registry/v1/products/{getattr(read, 'id', '')}")


@router.get("/products", response_model=Page[ProductItem])
async def list_products(
    request: Request,
    *,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    q: SearchText = None,
    producer_id: UUID | None = None,
    commune_code: Annotated[CommuneCode | None, Query()] = None,
    district_code: Annotated[UnitCode | None, Query()] = None,
    group_path: Annotated[GroupPath | None, Query()] = None,
    star: Annotated[Star | None, Query(description="star held today")] = None,
    year: Annotated[Year | None, Query(description="takes part in this year")] = None,
) -> Response:
    """Products within the caller's scope, by id."""
    rows, after = await uow.products.page(
        scope_of(actor, READERS),
        page,
        q=q,
        star=star,
        year=year,
        producer_id=producer_id,
        commune_code=commune_code,
        district_code=district_code,
        group_path=group_path,
    )
    return answer_page(request, Page(items=[ProductItem.model_validate(row) for row in rows], next=after))


@router.get("/products/{product_id}", response_model=ProductRead)
async def get_product(request: Request, product_id: UUID, actor: Annotated[Actor, signed_in()]) -> Response:
    """One product within the caller's scope, with the star it has today."""
    document, version = await read_product(request.app.state.database, actor, product_id)
    return answer(request, document, version=version)


@router.get("/products/{product_id}/summary", response_model=ProductSummary)
async def get_product_summary(request: Request, product_id: UUID, actor: Annotated[Actor, signed_in()]) -> Response:
    """What evaluation and commerce need of a product; council members of its units may read it."""
    return answer(request, await read_summary(request.app.state.database, actor, product_id))


@router.patch("/products/{product_id}", response_model=ProductRead)
async def change_product(
    request: Request,
    *,
    product_id: UUID,
    request_body: ProductChange,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    expected: IfMatch,
) -> Response:
    """Correct a product's record, or confirm its group in the taxonomy in force."""
    row = await edit_product(uow, actor, product_id, expected, request_body.model_dump(exclude_unset=True))
    return answer(request, await _read(uow, actor, product_id), version=row.version)


@router.post("/products/{product_id}/participations", status_code=201, response_model=ProductRead)
async def add_participation(
    product_id: UUID,
    request_body: ParticipationDraft,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Let a product take part in another year, with its first baseline."""

    async def act() -> ProductRead:
        product = await join_programme(uow, actor, product_id, request_body.year)
        return await _read(uow, actor, product.id)

    return await once(act)
