"""Recurring duties, made ahead. Registry is asked for the units with no connection to the database held."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from notifier.integrations.resources import Resources
from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.plan_duties import plan_duties, what_to_plan
from shared.errors import Unavailable
from shared.tasks.declarations import TaskContext

log = structlog.get_logger(__name__)


# One attempt: the row says when it is tried again, and only the sweep puts it back.
@TASKS.task(timeout=25, attempts=1, concurrency=2)
async def plan_recurring_duties(context: TaskContext[NotifierUow], plan_id: UUID) -> None:
    """Make the duties of a definition in a year, or look at them again."""
    async with context.uow() as uow:
        ahead = await what_to_plan(uow, plan_id)
        today = await uow.today()
    if ahead is None:
        return
    resources: Resources = context.resources
    try:
        units = {asked: await resources.units.units(*asked) for asked in ahead.units_asked(today)}
    except Unavailable as error:
        log.warning("duties_not_planned", plan=str(plan_id), because=str(error))
        return
    async with context.uow() as uow:
        if not await plan_duties(uow, plan_id, units):
            log.info("duties_planned_later", plan=str(plan_id))


@TASKS.sweep(plan_recurring_duties.__name__, every=5)
async def find_duties_to_plan(uow: NotifierUow) -> Sequence[UUID]:
    """Definitions published, changed, or not looked at today."""
    return await uow.duty_calendars.lease(await uow.today())
