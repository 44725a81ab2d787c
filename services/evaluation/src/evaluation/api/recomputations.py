"""Explanations of results, and their recomputation."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.recomputations import ExplanationRead, FindingRead, RecomputationDraft, RecomputationRead
from evaluation.persistence.recomputations import OVERSEERS
from evaluation.use_cases.explain_result import explain_result
from evaluation.use_cases.recompute_results import start_recomputation
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.language import language
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["results"])
Overseer = Annotated[Actor, allow(*OVERSEERS)]


@router.get("/results/{result_id}/explanation", response_model=ExplanationRead)
async def show_explanation(
    result_id: UUID, request: Request, actor: Annotated[Actor, signed_in()], uow: Uow
) -> Response:
    """Why a result is what it is: inputs, versions with hashes, each step with its article, and a check."""
    return answer(request, ExplanationRead.of(await explain_result(uow, actor, result_id), language()))


@router.post("/recomputations", status_code=202, response_model=RecomputationRead)
async def begin_recomputation(request_body: RecomputationDraft, actor: Overseer, uow: Uow, once: OnceOnly) -> Response:
    """Compute every result of a province again in the background; differences are expected to be none."""

    async def act() -> RecomputationRead:
        return RecomputationRead.of(await start_recomputation(uow, actor, request_body.province_code))

    return await once(act, status=202, location=lambda r: f"/api/evaluation/v1/recomputations/{r.id}")  # type: ignore[attr-defined]  # act's model


@router.get("/recomputations/{recomputation_id}", response_model=RecomputationRead)
async def read_recomputation(recomputation_id: UUID, request: Request, actor: Overseer, uow: Uow) -> Response:
    """How far it is, how many results differ, and which sheets are recorded only."""
    return answer(request, RecomputationRead.of(await uow.recomputations.read(actor, recomputation_id)))


@router.get("/recomputations/{recomputation_id}/findings", response_model=Page[FindingRead])
async def list_findings(
    recomputation_id: UUID, request: Request, actor: Overseer, uow: Uow, page: PageQuery
) -> Response:
    """Each result that did not come out exactly as it is kept, with the fields that differ."""
    await uow.recomputations.read(actor, recomputation_id)
    rows, following = await uow.recomputations.findings(recomputation_id, page)
    return answer_page(request, Page(items=[FindingRead.of(row[0]) for row in rows], next=following))
