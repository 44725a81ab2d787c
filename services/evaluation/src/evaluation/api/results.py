"""Results, decisions, forwarding."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from evaluation.api.attachments import send_file
from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.results import DecisionDocumentRead, DecisionDraft, ForwardingRead, ResultRead
from evaluation.domain.access import RECOGNISING_ROLES, SECRETARIES
from evaluation.domain.file_kinds import MEDIA_TYPES
from evaluation.use_cases.decide_star import decide_stars
from evaluation.use_cases.forward_dossier import forward_dossier
from evaluation.use_cases.read_results import results_of_dossier, results_of_round
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.language import language
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["results"])
SignedIn = Annotated[Actor, signed_in()]


@router.get("/rounds/{round_id}/results", response_model=Page[ResultRead])
async def list_round_results(round_id: UUID, request: Request, actor: SignedIn, uow: Uow, page: PageQuery) -> Response:
    """Results of a closed round with the reason of every step, for its council and the officials of its unit."""
    rows, following = await results_of_round(uow, actor, round_id, page)
    return answer_page(
        request, Page(items=[ResultRead.of(row, language(), totals=True) for row in rows], next=following)
    )


@router.get("/dossiers/{dossier_id}/results", response_model=Page[ResultRead])
async def list_dossier_results(dossier_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """A dossier's results by level: to its producer once released, to council and secretaries before."""
    rows = await results_of_dossier(uow, actor, dossier_id)
    return answer_page(request, Page(items=[ResultRead.of(row, language(), totals=False) for row in rows]))


@router.post("/dossiers/{dossier_id}/forwarding", response_model=ForwardingRead)
async def forward(
    dossier_id: UUID, actor: Annotated[Actor, allow(*SECRETARIES.values())], uow: Uow, once: OnceOnly
) -> Response:
    """Send a scored dossier up, where the ruleset sends its result to the next level."""

    async def act() -> ForwardingRead:
        return ForwardingRead.of(await forward_dossier(uow, actor, dossier_id))

    return await once(act, status=200)


@router.post("/decisions", status_code=201, response_model=DecisionDocumentRead)
async def decide(
    request_body: DecisionDraft,
    actor: Annotated[Actor, allow(*RECOGNISING_ROLES.values())],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Record the signed decision that recognises the stars of its products: all of them or none.

    A decision refused for some of several dossiers (409) names each of them with the reason.
    """

    async def act() -> DecisionDocumentRead:
        asked = request_body
        return DecisionDocumentRead.of(
            await decide_stars(uow, actor, asked.dossiers, asked.number, asked.signed_on, asked.file_sha256)
        )

    return await once(act, location=lambda r: f"/api/evaluation/v1/decisions/{r.id}")  # type: ignore[attr-defined]  # act's model


@router.get("/decisions/{decision_id}", response_model=DecisionDocumentRead)
async def read_decision(decision_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """One decision with those of its products that the caller may see, and what later corrected it."""
    return answer(request, DecisionDocumentRead.of(await uow.settlements.decision(actor, decision_id)))


@router.get(
    "/decisions/{decision_id}/file",
    response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPES["pdf"]: {}}, "description": "The signed file"}},
)
async def get_decision_file(decision_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """The signed file of a decision, or of the correction in `superseded_by`, for who may read the decision.

    Always as an attachment; 404 also where no file was named. Published lists give number and day only.
    """
    document, file = await uow.settlements.signed_file(actor, decision_id)
    name = f"{document.kind}-{str(document.id)[-12:]}.{file.kind}"
    return await send_file(request, file.sha256, size=file.size, media_type=MEDIA_TYPES[file.kind], name=name)
