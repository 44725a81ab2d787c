"""Communes merge: the duties of their producers follow. Registry is asked with no connection to the database held."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from notifier.integrations.resources import Resources
from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.follow_units import follow_unit, leave_unit
from shared.errors import Unavailable
from shared.tasks.declarations import TaskContext

log = structlog.get_logger(__name__)


# One attempt: only the sweep puts it back.
@TASKS.task(timeout=20, attempts=1, concurrency=2)
async def look_at_unit(context: TaskContext[NotifierUow], obligation_id: UUID) -> None:
    """Find out what the unit of a duty is today, for all duties that name it as it was on the same day."""
    async with context.uow() as uow:
        named = await uow.duty_units.of(obligation_id)
        today = await uow.today()
    if named is None:
        return
    resources: Resources = context.resources
    try:
        unit = await resources.units.became(*named, today)
    except Unavailable as error:
        log.warning("unit_not_looked_at", unit=named[0], because=str(error))
        return
    async with context.uow() as uow:
        if unit is None:
            await leave_unit(uow, *named)
            log.error("unit_without_successor", unit=named[0], on=named[1].isoformat())
        elif moved := await follow_unit(uow, *named, unit):
            log.info("duties_followed_unit", unit=named[0], became=unit.code, duties=moved)


@TASKS.sweep(look_at_unit.__name__, every=30)
async def find_units_to_look_at(uow: NotifierUow) -> Sequence[UUID]:
    """A duty of each unit that nobody looked at today."""
    return await uow.duty_units.due(await uow.today())
