"""What follows a result: approval, results from above, new evaluations, publication, corrections, the outcome."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.outcomes import OutcomeRead
from evaluation.api.schemas.settlements import (
    ApprovalDraft,
    CorrectionDraft,
    CorrectionRead,
    DocumentRead,
    PublicationDraft,
    PublicationListed,
    PublishedResult,
    ReevaluationOrder,
    ReopeningRead,
    UpperResultDraft,
    UpperResultRead,
)
from evaluation.domain.access import RECOGNISING_ROLES, SECRETARIES
from evaluation.use_cases.approve_results import approve_results
from evaluation.use_cases.correct_decision import correct_decision
from evaluation.use_cases.file_dossier import ask_product
from evaluation.use_cases.publish_results import publish_results
from evaluation.use_cases.read_outcome import read_outcome
from evaluation.use_cases.record_upper_result import record_upper_result
from evaluation.use_cases.reopen_dossier import evaluate_again
from shared.auth.actors import Actor
from shared.http.access import allow, public, signed_in
from shared.http.app import service_router
from shared.http.deps import bearer_token
from shared.http.etags import answer
from shared.http.language import language
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["results"])
Signer = Annotated[Actor, allow(*RECOGNISING_ROLES.values())]
Secretary = Annotated[Actor, allow(*SECRETARIES.values())]


@router.get("/dossiers/{dossier_id}/outcome", response_model=OutcomeRead)
async def get_outcome(dossier_id: UUID, request: Request, actor: Annotated[Actor, signed_in()], uow: Uow) -> Response:
    """All that a producer and its commune are told of a dossier, on one screen: points and reasons, decisions, until
    when to object, and what followed. Results appear once released.
    """
    return answer(request, OutcomeRead.of(await read_outcome(uow, actor, dossier_id), language()))


@router.post("/approvals", status_code=201, response_model=DocumentRead)
async def approve(request_body: ApprovalDraft, actor: Signer, uow: Uow, once: OnceOnly) -> Response:
    """Record the decision that approves results before they go up, where the ruleset asks for one: all or none."""

    async def act() -> DocumentRead:
        asked = request_body
        row = await approve_results(uow, actor, asked.dossier_ids, asked.number, asked.signed_on, asked.file_sha256)
        return DocumentRead.model_validate(row)

    return await once(act)


@router.post("/dossiers/{dossier_id}/upper-results", status_code=201, response_model=UpperResultRead)
async def record_from_above(
    dossier_id: UUID, request_body: UpperResultDraft, actor: Secretary, uow: Uow, once: OnceOnly
) -> Response:
    """Record the upper level's result from its document; where that recognises the star, the dossier is recognised."""

    async def act() -> UpperResultRead:
        asked = request_body
        row = await record_upper_result(
            uow,
            actor,
            dossier_id,
            mean=asked.exact,
            star=asked.star,
            number=asked.number,
            signed_on=asked.signed_on,
            reasons=asked.reasons,
            file=asked.file_sha256,
        )
        return UpperResultRead.of(row)

    return await once(act)


@router.post("/dossiers/{dossier_id}/reevaluations", status_code=201, response_model=ReopeningRead)
async def order_reevaluation(
    dossier_id: UUID, request_body: ReevaluationOrder, actor: Signer, uow: Uow, once: OnceOnly
) -> Response:
    """Evaluate again what the level above lowered, instead of recognising it on that result (26/2026 Art. 7.4)."""

    async def act() -> ReopeningRead:
        return ReopeningRead.model_validate(await evaluate_again(uow, actor, dossier_id, request_body.reasons))

    return await once(act)


@router.post("/dossiers/{dossier_id}/corrections", status_code=201, response_model=CorrectionRead)
async def correct(
    dossier_id: UUID, request: Request, request_body: CorrectionDraft, actor: Signer, uow: Uow, once: OnceOnly
) -> Response:
    """Correct the decision in force by a signed decision; the earlier stays readable, the certificate follows."""
    state = request.app.state
    product = await ask_product(state.database, state.registry, actor, bearer_token(request), dossier_id)

    async def act() -> CorrectionRead:
        asked = request_body
        row = await correct_decision(
            uow,
            actor,
            dossier_id,
            product,
            number=asked.number,
            signed_on=asked.signed_on,
            basis=asked.basis,
            reasons=asked.reasons,
            public_words=asked.public_words,
            star=asked.star,
            mean=asked.mean_decimal,
            file=asked.file_sha256,
        )
        return CorrectionRead.model_validate(row)

    return await once(act)


@router.post("/publications", status_code=201, response_model=PublicationListed)
async def publish(request_body: PublicationDraft, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Make the result list of a finished round public."""

    async def act() -> PublicationListed:
        return PublicationListed.model_validate(await publish_results(uow, actor, request_body.round_id))

    return await once(act, location=lambda r: f"/api/evaluation/v1/publications/{r.id}")  # type: ignore[attr-defined]  # act's model


@router.get("/publications", response_model=Page[PublicationListed], dependencies=[public()])
async def list_publications(
    request: Request,
    uow: Uow,
    page: PageQuery,
    year: Annotated[int | None, Query(ge=2018, le=2100)] = None,
    unit_code: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """Public result lists, newest first."""
    rows, following = await uow.settlements.publications(page, year=year, unit_code=unit_code)
    items = [PublicationListed.model_validate(row[0]) for row in rows]
    return answer_page(request, Page(items=items, next=following))


@router.get("/publications/{publication_id}", response_model=PublicationListed, dependencies=[public()])
async def read_publication(publication_id: UUID, request: Request, uow: Uow) -> Response:
    """One public result list: whose and when. Its products: `/publications/{id}/results`."""
    return answer(request, PublicationListed.model_validate(await uow.settlements.publication(publication_id)))


@router.get("/publications/{publication_id}/results", response_model=Page[PublishedResult], dependencies=[public()])
async def list_published_results(publication_id: UUID, request: Request, uow: Uow, page: PageQuery) -> Response:
    """The products of a public result list: businesses and places, no personal data."""
    publication = await uow.settlements.publication(publication_id)
    rows, following = await uow.settlements.published_results(publication.round_id, page)
    return answer_page(request, Page(items=[PublishedResult.of(row) for row in rows], next=following))
