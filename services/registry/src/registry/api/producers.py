"""Producers: register, read within scope, correct."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from registry.api.deps import OnceOnly, Uow
from registry.api.schemas.fields import CommuneCode, Day, UnitCode
from registry.api.schemas.producers import (
    FoodSafetyCommitment,
    ProducerChange,
    ProducerDraft,
    ProducerKindList,
    ProducerPerson,
    ProducerRead,
)
from registry.domain.producer_kinds import kinds_on
from registry.domain.product_access import KEEPERS, READERS, scope_of
from registry.use_cases.edit_producer import commit_to_food_safety, edit_producer
from registry.use_cases.register_producer import join_producer, register_producer
from shared.auth.actors import Actor
from shared.http.access import public, signed_in
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["producers"])
SearchText = Annotated[str | None, Query(min_length=1, max_length=100, description="names, diacritics ignored")]


@router.get("/producer-kinds", response_model=ProducerKindList, dependencies=[public()])
async def list_producer_kinds(request: Request, uow: Uow, on: Annotated[Day | None, Query()] = None) -> Response:
    """Who may take part on a day (26/2026 Art. 2.3)."""
    day: date = on or await uow.today()
    return answer(request, ProducerKindList.model_validate(kinds_on(day)))


@router.post("/producers", status_code=201, response_model=ProducerRead)
async def add_producer(
    request_body: ProducerDraft, actor: Annotated[Actor, signed_in()], uow: Uow, once: OnceOnly
) -> Response:
    """Register a producer; the caller may act for it from now on (exchange the token again to carry it elsewhere)."""

    async def act() -> ProducerRead:
        return ProducerRead.of(await register_producer(uow, actor, **request_body.model_dump()), personal=True)

    return await once(act, location=lambda read: f"/api/registry/v1/producers/{getattr(read, 'id', '')}")


@router.get("/producers", response_model=Page[ProducerRead])
async def list_producers(
    request: Request,
    *,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    q: SearchText = None,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    commune_code: Annotated[CommuneCode | None, Query()] = None,
    district_code: Annotated[UnitCode | None, Query()] = None,
) -> Response:
    """Producers within the caller's scope, by id."""
    rows, after = await uow.producers.page(
        scope_of(actor, READERS),
        scope_of(actor, KEEPERS),
        page,
        q=q,
        kind=kind,
        commune_code=commune_code,
        district_code=district_code,
    )
    return answer_page(request, Page(items=[ProducerRead.of(row, personal=kept) for row, kept in rows], next=after))


@router.get("/producers/{producer_id}", response_model=ProducerRead)
async def get_producer(request: Request, producer_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow) -> Response:
    """One producer within the caller's scope; personal fields only for who keeps the record."""
    row, kept = await uow.producers.get(producer_id, scope_of(actor, READERS), scope_of(actor, KEEPERS))
    return answer(request, ProducerRead.of(row, personal=kept), version=row.version)


@router.patch("/producers/{producer_id}", response_model=ProducerRead)
async def change_producer(
    request: Request,
    *,
    producer_id: UUID,
    request_body: ProducerChange,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    expected: IfMatch,
) -> Response:
    """Correct a producer's record; a new name shows in its products and passports at once."""
    changes = request_body.model_dump(exclude_unset=True)
    row = await edit_producer(uow, actor, producer_id, expected, changes)
    return answer(request, ProducerRead.of(row, personal=True), version=row.version)


@router.post("/producers/{producer_id}/food-safety-commitments", status_code=201, response_model=ProducerRead)
async def add_food_safety_commitment(
    producer_id: UUID,
    request_body: FoodSafetyCommitment,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Record the signed food-safety commitment (plan 2023: every registering producer signs one)."""

    async def act() -> ProducerRead:
        row = await commit_to_food_safety(uow, actor, producer_id, request_body.signed_on)
        return ProducerRead.of(row, personal=True)

    return await once(act)


@router.post("/producers/{producer_id}/people", status_code=201, response_model=ProducerRead)
async def add_producer_person(
    producer_id: UUID,
    request_body: ProducerPerson,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Let another person act for the producer; its own people and secretariats may do so."""

    async def act() -> ProducerRead:
        row = await join_producer(uow, actor, producer_id, request_body.person_id)
        return ProducerRead.of(row, personal=True)

    return await once(act)
