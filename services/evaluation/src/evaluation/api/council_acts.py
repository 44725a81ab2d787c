"""What the council does besides scoring: knock-outs, discussions, and what is missing before closing."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.council_acts import (
    DiscussionDraft,
    DiscussionList,
    DiscussionRead,
    GroundList,
    KnockOutDraft,
    KnockOutList,
    KnockOutRead,
    ReadinessRead,
    WithdrawalDraft,
    WithdrawalRead,
)
from evaluation.use_cases.read_discussions import read_discussions
from evaluation.use_cases.read_readiness import read_readiness
from evaluation.use_cases.record_discussion import record_discussion
from evaluation.use_cases.record_knock_out import knock_out_grounds, record_knock_out, withdraw_knock_out
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("evaluation", tags=["council acts"])
SignedIn = Annotated[Actor, signed_in()]


@router.get("/rounds/{round_id}/readiness", response_model=ReadinessRead)
async def read_round_readiness(round_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """What is missing before the round can be closed, dossier by dossier. Chair and secretary."""
    return answer(request, ReadinessRead.of(await read_readiness(uow, actor, round_id)))


@router.get("/rounds/{round_id}/dossiers/{dossier_id}/knock-out-grounds", response_model=GroundList)
async def list_knock_out_grounds(
    round_id: UUID, dossier_id: UUID, request: Request, actor: SignedIn, uow: Uow
) -> Response:
    """The grounds of knocking out that the dossier's sheet prints (26/2026 Annex II)."""
    return answer(request, GroundList.of(await knock_out_grounds(uow, actor, round_id, dossier_id)))


@router.post("/rounds/{round_id}/knock-outs", status_code=201, response_model=KnockOutRead)
async def knock_out(round_id: UUID, request_body: KnockOutDraft, actor: SignedIn, uow: Uow, once: OnceOnly) -> Response:
    """Record that the council finds a dossier out: it is closed without a star. Who presides over the dossier only."""

    async def act() -> KnockOutRead:
        return KnockOutRead.of(await record_knock_out(uow, actor, round_id, request_body.finding()))

    return await once(act)


@router.get("/rounds/{round_id}/knock-outs", response_model=KnockOutList)
async def list_knock_outs(round_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """Knock-outs of a round, with those taken back, for who may see the round and does not stand aside."""
    await uow.rounds.get(actor, round_id)
    rows = await uow.council_acts.knock_outs(actor, round_id)
    return answer(request, KnockOutList(items=[KnockOutRead.of(row, withdrawal) for row, withdrawal in rows]))


@router.post("/rounds/{round_id}/knock-outs/{knock_out_id}/withdrawal", status_code=201, response_model=WithdrawalRead)
async def take_knock_out_back(
    round_id: UUID,
    knock_out_id: UUID,
    request_body: WithdrawalDraft,
    actor: SignedIn,
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Take a knock-out back before the round closes; both stay on record."""

    async def act() -> WithdrawalRead:
        row = await withdraw_knock_out(uow, actor, round_id, knock_out_id, request_body.reason)
        return WithdrawalRead.of(row)

    return await once(act)


@router.post("/rounds/{round_id}/discussions", status_code=201, response_model=DiscussionRead)
async def discuss(round_id: UUID, request_body: DiscussionDraft, actor: SignedIn, uow: Uow, once: OnceOnly) -> Response:
    """Record who said what on a dossier and what was concluded. Who presides only, once the quorum has scored."""

    async def act() -> DiscussionRead:
        return DiscussionRead.of(
            await record_discussion(
                uow, actor, round_id, request_body.dossier_id, request_body.said(), request_body.conclusion
            )
        )

    return await once(act)


@router.get("/rounds/{round_id}/discussions", response_model=DiscussionList)
async def list_discussions(round_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """Discussions of a round, for its council while it is open and for its officials once it has closed."""
    rows = await read_discussions(uow, actor, round_id)
    return answer(request, DiscussionList(items=[DiscussionRead.of(row) for row in rows]))
