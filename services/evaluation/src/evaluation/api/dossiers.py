"""Dossiers: draft, fill, check, file; read and list."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.dossier_forms import RegistrationForm
from evaluation.api.schemas.dossiers import (
    CompletenessRead,
    DossierDraft,
    DossierListed,
    DossierRead,
    DossierState,
    SelfScore,
)
from evaluation.use_cases import draft_dossier as drafting
from evaluation.use_cases import edit_dossier as editing
from evaluation.use_cases import file_dossier as filing
from evaluation.use_cases import read_dossier as reading
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.deps import bearer_token
from shared.http.etags import IfMatch, answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["dossiers"])

Producer = Annotated[Actor, allow(Role.PRODUCER)]
Caller = Annotated[Actor, signed_in()]


def dossier_path(read: BaseModel) -> str:
    """Where a dossier is read."""
    return f"/api/evaluation/v1/dossiers/{getattr(read, 'id')}"  # noqa: B009  # a Location is made of any read model


@router.post("/dossiers", status_code=201, response_model=DossierRead)
async def draft_dossier(
    request: Request, request_body: DossierDraft, actor: Producer, uow: Uow, once: OnceOnly
) -> Response:
    """Begin a dossier for a product of one's own (26/2026 Art. 6; 148/2023 Annex II).

    Ruleset and sheet are those of the day; the day of filing decides for good.
    """
    product = await request.app.state.registry.product_summary(request_body.product_id, bearer_token(request))

    async def act() -> DossierRead:
        wanted = request_body
        view = await drafting.draft_dossier(
            uow, actor, product, wanted.kind, wanted.id, from_dossier_id=wanted.from_dossier_id
        )
        return DossierRead.of(view, actor)

    return await once(act, location=dossier_path)


@router.get("/dossiers", response_model=Page[DossierListed])
async def list_dossiers(
    request: Request,
    actor: Caller,
    uow: Uow,
    page: PageQuery,
    state: DossierState | None = None,
    level: Level | None = None,
    year: Annotated[int | None, Query(ge=2018, le=2100)] = None,
    commune_code: Annotated[str | None, Query(max_length=10)] = None,
    district_code: Annotated[str | None, Query(max_length=10)] = None,
    producer_id: UUID | None = None,
    q: Annotated[str | None, Query(max_length=200, description="words of product or producer")] = None,
) -> Response:
    """The dossiers the caller may see, newest first."""
    filters: dict[str, Any] = {
        "state": state,
        "level": level,
        "year": year,
        "commune_code": commune_code,
        "district_code": district_code,
        "producer_id": producer_id,
    }
    rows, following = await uow.dossiers.visible_to(actor).page(page, filters, q)
    items = [DossierListed(**row._mapping) for row in rows]
    return answer_page(request, Page(items=items, next=following))


@router.get("/dossiers/{dossier_id}", response_model=DossierRead)
async def read_dossier(dossier_id: UUID, request: Request, actor: Caller, uow: Uow) -> Response:
    """One dossier with its forms, papers, returns and report. An official's reading is put on record."""
    read = DossierRead.of(await reading.read_dossier(uow, actor, dossier_id), actor)
    return answer(request, read, version=read.version)


@router.put("/dossiers/{dossier_id}/registration-form", response_model=DossierRead)
async def save_registration_form(
    dossier_id: UUID, request: Request, request_body: RegistrationForm, actor: Producer, uow: Uow, expected: IfMatch
) -> Response:
    """Save the registration form (Form 01), half filled or whole."""
    form = request_body.model_dump(exclude_none=True)
    read = DossierRead.of(await editing.save_registration_form(uow, actor, dossier_id, expected, form), actor)
    return answer(request, read, version=read.version)


@router.put("/dossiers/{dossier_id}/self-score", response_model=DossierRead)
async def save_self_score(
    dossier_id: UUID, request: Request, request_body: SelfScore, actor: Producer, uow: Uow, expected: IfMatch
) -> Response:
    """Save the self-score (Form 02 part III), half filled or whole; every choice is checked against the sheet."""
    view = await editing.save_self_score(
        uow, actor, dossier_id, expected, request_body.choices, request_body.notes, request_body.part_totals
    )
    read = DossierRead.of(view, actor)
    return answer(request, read, version=read.version)


@router.get("/dossiers/{dossier_id}/completeness", response_model=CompletenessRead)
async def check_completeness(dossier_id: UUID, request: Request, actor: Caller, uow: Uow) -> Response:
    """Everything that stands in the way of filing today, at once; and what is only pointed out."""
    _, ruleset, sheet, found = await filing.find_gaps(uow, actor, dossier_id)
    return answer(request, CompletenessRead.of(ruleset.id, sheet.code, found))


@router.post("/dossiers/{dossier_id}/filing", status_code=201, response_model=DossierRead)
async def file_dossier(dossier_id: UUID, request: Request, actor: Producer, uow: Uow, once: OnceOnly) -> Response:
    """File the dossier at the commune; an upload has the same legal value as paper (26/2026 Art. 7.1)."""
    state = request.app.state
    product = await filing.ask_product(state.database, state.registry, actor, bearer_token(request), dossier_id)

    async def act() -> DossierRead:
        return DossierRead.of(await filing.file_dossier(uow, actor, dossier_id, product), actor)

    return await once(act, location=dossier_path)
