"""Rounds: planning, opening, standing aside, agreeing, scoring again, closing."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.preconditions import SeenVersion
from evaluation.api.schemas.rounds import (
    AgreedOptions,
    AgreedOptionsRead,
    ConflictDeclaration,
    ConflictRead,
    RescoringOrder,
    RescoringRead,
    RoundDraft,
    RoundListed,
    RoundRead,
    RoundState,
)
from evaluation.domain.access import SECRETARIES
from evaluation.use_cases.agree_options import agree_options, options_to_agree, read_agreed_options
from evaluation.use_cases.close_round import close_round
from evaluation.use_cases.declare_conflict import declare_conflict
from evaluation.use_cases.open_round import open_round
from evaluation.use_cases.order_rescoring import order_rescoring
from evaluation.use_cases.plan_round import plan_round
from evaluation.use_cases.read_progress import read_progress
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["rounds"])
SignedIn = Annotated[Actor, signed_in()]
Secretary = Annotated[Actor, allow(*SECRETARIES.values())]


@router.post("/rounds", status_code=201, response_model=RoundRead)
async def plan(request_body: RoundDraft, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Put dossiers that wait at the council's level before it (26/2026 Art. 5)."""

    async def act() -> RoundRead:
        row = await plan_round(uow, actor, request_body.council_id, request_body.due_on, request_body.dossier_ids)
        return RoundRead.of(await read_progress(uow, actor, row.id))

    return await once(act, location=lambda r: f"/api/evaluation/v1/rounds/{r.id}")  # type: ignore[attr-defined]  # act's model


@router.get("/rounds", response_model=Page[RoundListed])
async def list_rounds(
    request: Request,
    actor: SignedIn,
    uow: Uow,
    page: PageQuery,
    level: Level | None = None,
    unit_code: Annotated[str | None, Query(max_length=10)] = None,
    year: Annotated[int | None, Query(ge=2018, le=2100)] = None,
    state: RoundState | None = None,
    council_id: UUID | None = None,
) -> Response:
    """The rounds of the caller's councils, unit or province, newest first."""
    filters = {"level": level, "unit_code": unit_code, "year": year, "state": state, "council_id": council_id}
    rows, following = await uow.rounds.page(actor, page, filters)
    return answer_page(request, Page(items=[RoundListed.of(row[0], row.size) for row in rows], next=following))


@router.get("/rounds/{round_id}", response_model=RoundRead)
async def read_round(round_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """A round and how far scoring is, as far as the caller may know: counts, never scores."""
    return answer(request, RoundRead.of(await read_progress(uow, actor, round_id)))


@router.post("/rounds/{round_id}/opening", response_model=RoundRead)
async def open_scoring(round_id: UUID, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Open a planned round for scoring; its members are told."""

    async def act() -> RoundRead:
        await open_round(uow, actor, round_id)
        await uow.session.flush()
        return RoundRead.of(await read_progress(uow, actor, round_id))

    return await once(act, status=200)


@router.post("/rounds/{round_id}/conflicts", status_code=201, response_model=ConflictRead)
async def stand_aside(
    round_id: UUID, request_body: ConflictDeclaration, actor: SignedIn, uow: Uow, once: OnceOnly
) -> Response:
    """Declare a conflict of interest on a dossier, with the relation to its producer. It cannot be taken back."""

    async def act() -> ConflictRead:
        return ConflictRead.of(
            await declare_conflict(
                uow, actor, round_id, request_body.dossier_id, request_body.relation, request_body.reason
            )
        )

    return await once(act)


@router.post("/rounds/{round_id}/rescorings", status_code=201, response_model=RescoringRead)
async def score_again(
    round_id: UUID, request_body: RescoringOrder, actor: SignedIn, uow: Uow, once: OnceOnly
) -> Response:
    """Have a dossier scored again by every member, after discussion. Chair only; earlier sheets are kept."""

    async def act() -> RescoringRead:
        entry = await order_rescoring(uow, actor, round_id, request_body.dossier_id, request_body.reason)
        return RescoringRead(round_id=round_id, dossier_id=entry.dossier_id, attempt=entry.attempt)

    return await once(act)


@router.get("/rounds/{round_id}/dossiers/{dossier_id}/agreed-options", response_model=AgreedOptionsRead)
async def read_agreed(round_id: UUID, dossier_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """What the council agreed on so far. Chair only while the round is open."""
    entry = await read_agreed_options(uow, actor, round_id, dossier_id)
    read = AgreedOptionsRead.of(entry, await options_to_agree(uow, entry))
    return answer(request, read, version=read.version)


@router.put("/rounds/{round_id}/dossiers/{dossier_id}/agreed-options", response_model=AgreedOptionsRead)
async def agree(
    round_id: UUID,
    dossier_id: UUID,
    request_body: AgreedOptions,
    request: Request,
    actor: SignedIn,
    uow: Uow,
    seen: SeenVersion,
) -> Response:
    """Write down the option agreed for each criterion with a star floor. Chair only; If-Match once there are some."""
    entry = await agree_options(uow, actor, round_id, dossier_id, request_body.options, seen)
    read = AgreedOptionsRead.of(entry, await options_to_agree(uow, entry))
    return answer(request, read, version=read.version)


@router.post("/rounds/{round_id}/closing", response_model=RoundRead)
async def close_scoring(round_id: UUID, actor: SignedIn, uow: Uow, once: OnceOnly) -> Response:
    """End scoring and compute every result. Chair only; refused by name of dossier where something is lacking."""

    async def act() -> RoundRead:
        await close_round(uow, actor, round_id)
        return RoundRead.of(await read_progress(uow, actor, round_id))

    return await once(act, status=200)
