"""Reminder policies: read, drafted, published, simulated."""

from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response

from notifier.api.deps import OnceOnly, Uow
from notifier.api.schemas.policies import PolicyList, PolicyRead, Publication, SimulationRead, SimulationRequest
from notifier.api.simulation_tables import as_calendar, as_csv
from notifier.domain.access import READS_POLICIES, WRITES_POLICIES
from notifier.domain.policies import PolicyDraft
from notifier.use_cases.draft_policy import draft_policy, redraft_policy
from notifier.use_cases.publish_policy import publish_policy
from notifier.use_cases.read_policies import read_policies, read_policy
from notifier.use_cases.simulate_policy import simulate_policy
from shared.auth.actors import Actor
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.language import language

router = service_router("notifier", tags=["reminder policies"])
PolicyPath = Annotated[str, Path(max_length=63)]
Reader = Annotated[Actor, allow(*READS_POLICIES)]
Writer = Annotated[Actor, allow(*WRITES_POLICIES)]


@router.get("/reminder-policies", response_model=PolicyList)
async def list_reminder_policies(request: Request, actor: Reader, uow: Uow) -> Response:
    """Every policy, those that ended and drafts too."""
    return answer(request, PolicyList(items=[PolicyRead.of(*one) for one in await read_policies(uow)]))


@router.get("/reminder-policies/{policy_id}", response_model=PolicyRead)
async def read_reminder_policy(request: Request, policy_id: PolicyPath, actor: Reader, uow: Uow) -> Response:
    """One policy as the document it came from, with its validity."""
    policy = PolicyRead.of(*await read_policy(uow, policy_id))
    return answer(request, policy, version=policy.version)


@router.post("/reminder-policies", status_code=201, response_model=PolicyRead)
async def draft_reminder_policy(body: PolicyDraft, actor: Writer, uow: Uow, once: OnceOnly) -> Response:
    """Import a policy as a draft; everything wrong with it is named at once, with its path."""

    async def act() -> PolicyRead:
        row = await draft_policy(uow, actor, body)
        return PolicyRead.of(*await read_policy(uow, row.id))

    return await once(act, location=lambda policy: f"/api/notifier/v1/reminder-policies/{getattr(policy, 'id', '')}")


@router.patch("/reminder-policies/{policy_id}", response_model=PolicyRead)
async def redraft_reminder_policy(
    request: Request, policy_id: PolicyPath, body: PolicyDraft, expected: IfMatch, actor: Writer, uow: Uow
) -> Response:
    """Replace a draft; a published policy never changes."""
    await redraft_policy(uow, actor, policy_id, body, expected=expected)
    policy = PolicyRead.of(*await read_policy(uow, policy_id))
    return answer(request, policy, version=policy.version)


@router.post("/reminder-policies/{policy_id}/publication", status_code=201, response_model=PolicyRead)
async def publish_reminder_policy(
    policy_id: PolicyPath, body: Publication, actor: Writer, uow: Uow, once: OnceOnly
) -> Response:
    """Put a draft in force for due dates from a day on; its predecessor ends the day before."""

    async def act() -> PolicyRead:
        await publish_policy(uow, actor, policy_id, body.valid_from)
        return PolicyRead.of(*await read_policy(uow, policy_id))

    return await once(act)


@router.post(
    "/policy-simulations",
    response_model=SimulationRead,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}, "text/calendar": {}}}},
)
async def simulate_reminders(
    body: SimulationRequest,
    actor: Reader,
    uow: Uow,
    shape: Annotated[Literal["json", "csv", "ics"], Query(alias="format")] = "json",
) -> Response:
    """Which notice would go to whom and when if nothing were done: the real rules on copies, of which nothing lasts."""
    simulation = SimulationRead.of(await simulate_policy(uow, actor, body.question()))
    if shape == "csv":
        return Response(as_csv(simulation), media_type="text/csv; charset=utf-8")
    if shape == "ics":
        return Response(as_calendar(simulation, language(), await uow.now()), media_type="text/calendar")
    return Response(simulation.model_dump_json(), media_type="application/json")
