"""When a round sits, with which dossiers; and what its council has before it on one of them."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.preconditions import SeenVersion
from evaluation.api.schemas.advice import DossierFileRead
from evaluation.api.schemas.council_work import RoundDossiers, ScheduleRead, ScheduleSet
from evaluation.api.schemas.rounds import RoundRead
from evaluation.domain.access import SECRETARIES
from evaluation.use_cases.assign_dossiers import assign_dossiers, take_out_dossiers
from evaluation.use_cases.read_dossier_file import read_dossier_file
from evaluation.use_cases.read_progress import read_progress
from evaluation.use_cases.read_schedule import read_schedule
from evaluation.use_cases.schedule_round import schedule_round
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("evaluation", tags=["rounds"])
SignedIn = Annotated[Actor, signed_in()]
Secretary = Annotated[Actor, allow(*SECRETARIES.values())]


@router.get("/rounds/{round_id}/schedule", response_model=ScheduleRead)
async def show_schedule(round_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """Meetings, agenda and invitations of a round."""
    read = ScheduleRead.of(await read_schedule(uow, actor, round_id))
    return answer(request, read, version=read.version)


@router.put("/rounds/{round_id}/schedule", response_model=ScheduleRead)
async def set_schedule(
    round_id: UUID, request_body: ScheduleSet, request: Request, actor: Secretary, uow: Uow, seen: SeenVersion
) -> Response:
    """Set meetings, agenda and invitations within the law's round (26/2026 Art. 5). If-Match once there is one."""
    await schedule_round(uow, actor, round_id, request_body.schedule(), seen)
    read = ScheduleRead.of(await read_schedule(uow, actor, round_id))
    return answer(request, read, version=read.version)


@router.post("/rounds/{round_id}/dossiers", response_model=RoundRead)
async def put_dossiers_in(
    round_id: UUID, request_body: RoundDossiers, actor: Secretary, uow: Uow, once: OnceOnly
) -> Response:
    """Put more dossiers into a round before it opens."""

    async def act() -> RoundRead:
        await assign_dossiers(uow, actor, round_id, request_body.dossier_ids)
        return RoundRead.of(await read_progress(uow, actor, round_id))

    return await once(act, status=200)


@router.post("/rounds/{round_id}/removals", response_model=RoundRead)
async def take_dossiers_out(
    round_id: UUID, request_body: RoundDossiers, actor: Secretary, uow: Uow, once: OnceOnly
) -> Response:
    """Take dossiers out of a round before it opens; they wait again as before."""

    async def act() -> RoundRead:
        await take_out_dossiers(uow, actor, round_id, request_body.dossier_ids)
        return RoundRead.of(await read_progress(uow, actor, round_id))

    return await once(act, status=200)


@router.get("/rounds/{round_id}/dossiers/{dossier_id}/file", response_model=DossierFileRead)
async def show_dossier_file(round_id: UUID, dossier_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """All that a council has before it on a dossier: papers, commune report, advisory records, samples. No scores."""
    return answer(request, DossierFileRead.of(await read_dossier_file(uow, actor, round_id, dossier_id), actor))
