"""Conflicts of interest: the relations there are, what a member is asked about, what the chair decides."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.conflicts import ProposalList, ProposalRead, RecusalDraft, RelationList, RelationRead
from evaluation.api.schemas.rounds import ConflictRead
from evaluation.domain.conflict_relations import relations
from evaluation.use_cases.propose_conflicts import propose_conflicts
from evaluation.use_cases.recuse_member import recuse_member
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.language import language

router = service_router("evaluation", tags=["conflicts of interest"])
SignedIn = Annotated[Actor, signed_in()]


@router.get("/conflict-relations", response_model=RelationList)
async def list_conflict_relations(request: Request, _: SignedIn) -> Response:
    """The relations of a member to a producer that are declared as a conflict of interest."""
    return answer(request, RelationList(items=[RelationRead.of(one, language()) for one in relations().values()]))


@router.get("/rounds/{round_id}/conflict-proposals", response_model=ProposalList)
async def list_conflict_proposals(round_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """Dossiers of the round with which the caller, a member, may have a conflict and has declared none."""
    found = await propose_conflicts(uow, actor, round_id)
    return answer(request, ProposalList(items=[ProposalRead.of(one, language()) for one in found]))


@router.post("/rounds/{round_id}/recusals", status_code=201, response_model=ConflictRead)
async def recuse(round_id: UUID, request_body: RecusalDraft, actor: SignedIn, uow: Uow, once: OnceOnly) -> Response:
    """Decide that a member stands aside from a dossier. Chair only; it cannot be taken back."""

    async def act() -> ConflictRead:
        return ConflictRead.of(await recuse_member(uow, actor, round_id, request_body.recusal()))

    return await once(act)
