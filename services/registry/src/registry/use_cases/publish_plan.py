"""Publish the plan of a year: from then on its deadlines are duties."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from registry.domain.plans import occurrences
from registry.persistence.tables.plans import PlanDeadlineRow, PlanDutyRow, PlanRow
from registry.persistence.unit_of_work import RegistryUow
from shared.auth.actors import Actor
from shared.contracts.registry import DeadlineSet, PlanPublished
from shared.contracts.roles import Level, Role
from shared.errors import Conflict


async def publish_plan(uow: RegistryUow, actor: Actor, plan_id: UUID) -> PlanRow:
    """Put the plan in force and give each unit its duties. Raises NotFound, Conflict when one is in force already.

    A date of a recurring deadline that had passed before publication makes no duty: nobody could have met it.
    """
    plan = await uow.plans.visible_to(actor).get_locked(plan_id)
    if plan.state != "draft":
        raise _already_published()
    today = await uow.today()
    if await uow.plans.another_published(plan):
        raise _already_published()
    plan.state, plan.published_on, plan.published_by = "published", today, actor.person_id
    await uow.flush()
    uow.publish(PlanPublished(plan_id=plan.id, year=plan.year, province_code=plan.province_code, title=plan.title))
    deadlines = {deadline.id: deadline for deadline in await uow.plans.deadlines(plan.id)}
    dated = [entry for deadline in deadlines.values() for entry in dates_of(plan, deadline, today)]
    for duty in await uow.plans.set_duties(dated, plan.province_code):
        tell_duty(uow, plan, deadlines[duty.deadline_id], duty)
    details = {"year": plan.year, "province_code": plan.province_code}
    await uow.audit(str(actor.person_id), "publish", "plan", plan.id, details)
    return plan


def dates_of(plan: PlanRow, deadline: PlanDeadlineRow, today: date) -> Iterator[dict[str, Any]]:
    """One entry per date and audience of a deadline, without recurring dates that have passed."""
    for one in occurrences(plan.year, deadline.due_on, deadline.recurs):
        if deadline.recurs is not None and one.due_on < today:
            continue
        for audience in deadline.audience:
            yield {"deadline_id": deadline.id, "period": one.period, "due_on": one.due_on, **audience}


def tell_duty(uow: RegistryUow, plan: PlanRow, deadline: PlanDeadlineRow, duty: PlanDutyRow) -> None:
    """Publish a unit's duty as it now is."""
    section = f", mục {deadline.section}" if deadline.section else ""
    uow.publish(
        DeadlineSet(
            deadline_id=duty.id,
            plan_id=plan.id,
            year=plan.year,
            code=deadline.code,
            title=deadline.vi,
            source=f"Kế hoạch OCOP năm {plan.year}{section}",
            due_on=duty.due_on,
            period=duty.period,
            unit_code=duty.unit_code,
            unit_name=duty.unit_name,
            level=Level(duty.level),
            responsible=Role(duty.responsible),
            superior=Role(duty.superior),
            superior_unit_code=duty.superior_unit_code,
            fulfilled_by=deadline.fulfilled_by,
            revision=duty.revision,
        )
    )


def _already_published() -> Conflict:
    return Conflict(
        "Năm này đã có kế hoạch được công bố.",
        "A plan of this year is published already.",
        state="published",
        allowed=[],
    )
