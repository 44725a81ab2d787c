"""The yearly plan: templates, drafts, publication, deadlines."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from registry.api.deps import OnceOnly, Uow
from registry.api.schemas.plans import DeadlineChange, DeadlineChanged, PlanRead, PlanSummary
from registry.domain.access import DRAFTS_PLANS, PUBLISHES_PLANS
from registry.domain.plans import PlanDraft
from registry.use_cases.draft_plan import draft_plan
from registry.use_cases.move_deadline import move_deadline
from registry.use_cases.publish_plan import publish_plan
from registry.use_cases.read_plan_template import read_plan_template
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["plans"])


@router.get("/plan-templates/{code}", response_model=PlanDraft)
async def read_template(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    code: Annotated[str, Path(max_length=60, examples=["plan-2023"])],
) -> Response:
    """A plan that ships with the system, as it can be sent to POST /plans."""
    return answer(request, read_plan_template(code))


@router.post("/plans", status_code=201, response_model=PlanRead)
async def draft(body: PlanDraft, actor: Annotated[Actor, allow(*DRAFTS_PLANS)], uow: Uow, once: OnceOnly) -> Response:
    """Draft the plan of a year; every fault of it is named at once."""

    async def act() -> PlanRead:
        plan = await draft_plan(uow, actor, body)
        return PlanRead.model_validate(await uow.plans.visible_to(actor).read(plan.id))

    return await once(act, location=lambda plan: f"/api/registry/v1/plans/{getattr(plan, 'id', '')}")


@router.get("/plans", response_model=Page[PlanSummary])
async def list_plans(
    request: Request,
    uow: Uow,
    page: PageQuery,
    actor: Annotated[Actor, signed_in()],
    year: Annotated[int | None, Query(ge=2018, le=2100)] = None,
) -> Response:
    """Published plans; drafts of one's own province too."""
    rows, following = await uow.plans.visible_to(actor).page(page, year)
    return answer_page(request, Page(items=[PlanSummary.model_validate(row) for row in rows], next=following))


@router.get("/plans/{plan_id}", response_model=PlanRead)
async def read_plan(request: Request, uow: Uow, plan_id: UUID, actor: Annotated[Actor, signed_in()]) -> Response:
    """A plan with its targets and deadlines."""
    plan = PlanRead.model_validate(await uow.plans.visible_to(actor).read(plan_id))
    return answer(request, plan, version=plan.version)


@router.post("/plans/{plan_id}/publication", status_code=201, response_model=PlanRead)
async def publish(
    plan_id: UUID, actor: Annotated[Actor, allow(*PUBLISHES_PLANS)], uow: Uow, once: OnceOnly
) -> Response:
    """Put a plan in force: each unit that a deadline names has a duty from now on."""

    async def act() -> PlanRead:
        await publish_plan(uow, actor, plan_id)
        return PlanRead.model_validate(await uow.plans.visible_to(actor).read(plan_id))

    return await once(act)


@router.patch("/deadlines/{deadline_id}", response_model=DeadlineChanged)
async def change_deadline(
    request: Request,
    deadline_id: UUID,
    body: DeadlineChange,
    expected: IfMatch,
    actor: Annotated[Actor, allow(*DRAFTS_PLANS)],
    uow: Uow,
) -> Response:
    """Move a deadline, with the reason; everybody who has the duty is told the new day."""
    moved = await move_deadline(
        uow, actor, deadline_id, expected=expected, due_on=body.due_on, period=body.period, reason=body.reason
    )
    return answer(request, DeadlineChanged.model_validate(moved), version=moved.version)
