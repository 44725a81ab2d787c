"""How sending does, and its switches."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from notifier.api.deps import OnceOnly, Uow
from notifier.api.schemas.operation import (
    ChannelRead,
    OperationRead,
    PauseDraft,
    ReplayDraft,
    ReplayResult,
    TestModeState,
)
from notifier.persistence.tables.channels import ChannelRow
from notifier.use_cases.run_channels import (
    pause_channel,
    replay_failed,
    replay_notice,
    resume_channel,
    set_test_mode,
)
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("notifier", tags=["operation"])
Secretary = Annotated[Actor, allow(Role.PROVINCE_SECRETARY)]
Reader = Annotated[Actor, allow(Role.PROVINCE_SECRETARY, Role.AUDITOR)]


@router.get("/operation", response_model=OperationRead)
async def read_operation(
    request: Request, _actor: Reader, uow: Uow, days: Annotated[int, Query(ge=1, le=92)] = 31
) -> Response:
    """Queues and rates of every channel now; failures by reason and costs by unit of the last days."""
    row = await uow.channels.operation(days)
    return answer(request, OperationRead(**row._mapping))


@router.post("/channels/{code}/pause", status_code=201, response_model=ChannelRead)
async def pause(code: str, draft: PauseDraft, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Send nothing through a channel until it is resumed; its notices wait and keep their end."""

    async def act() -> ChannelRead:
        return _shown(await pause_channel(uow, actor, code, draft.because))

    return await once(act)


@router.post("/channels/{code}/resumption", status_code=201, response_model=ChannelRead)
async def resume(code: str, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Send again through a paused channel, also one that paused itself."""

    async def act() -> ChannelRead:
        return _shown(await resume_channel(uow, actor, code))

    return await once(act)


@router.post("/operation/test-mode", status_code=201, response_model=TestModeState)
async def switch_test_mode(draft: TestModeState, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """While on, channels that send reach only the listed people; what others would get is skipped and says so."""

    async def act() -> TestModeState:
        await set_test_mode(uow, actor, enabled=draft.enabled, people=draft.people)
        return draft

    return await once(act)


@router.post("/notices/{notice_id}/replay", status_code=201, response_model=ReplayResult)
async def replay_one(notice_id: UUID, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Give a failed notice a new life of the policy's length, a few times at most."""

    async def act() -> ReplayResult:
        await replay_notice(uow, actor, notice_id)
        return ReplayResult(replayed=1)

    return await once(act)


@router.post("/replays", status_code=201, response_model=ReplayResult)
async def replay_many(draft: ReplayDraft, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Give failed notices of a channel a new life, but for those that went on to another channel."""

    async def act() -> ReplayResult:
        return ReplayResult(replayed=await replay_failed(uow, actor, draft.channel, draft.reason, draft.limit))

    return await once(act)


def _shown(row: ChannelRow) -> ChannelRead:
    return ChannelRead(code=row.code, paused_at=row.paused_at, paused_because=row.paused_because)
