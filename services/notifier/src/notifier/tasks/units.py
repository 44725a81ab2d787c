"""Communes merge: the duties of their producers follow, and where units lie is known anew each day.

Registry is asked with no connection to the database held.
"""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from notifier.integrations.resources import Resources
from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.follow_units import follow_unit, leave_unit
from shared.contracts.roles import Level
from shared.errors import Unavailable
from shared.tasks.declarations import TaskContext

WITHIN_OTHERS = (Level.DISTRICT, Level.COMMUNE)
"""Levels whose units lie in another unit of a province."""
COPY = uuid5(NAMESPACE_URL, "ocop:notifier:units")
"""There is one copy."""

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


# One attempt: only the sweep puts it back.
@TASKS.task(timeout=25, attempts=1, concurrency=1)
async def copy_units(context: TaskContext[NotifierUow], _copy: UUID) -> None:
    """Copy where the units of today lie: systems of a district or province hear of what happens within it."""
    async with context.uow() as uow:
        today = await uow.today()
    resources: Resources = context.resources
    try:
        units = [unit for level in WITHIN_OTHERS for unit in await resources.units.units(level, today, None)]
    except Unavailable as error:
        log.warning("units_not_copied", because=str(error))
        return
    if not units:
        log.warning("units_not_copied", because="registry names none")
        return
    async with context.uow() as uow:
        await uow.units.keep(units, today)


@TASKS.sweep(copy_units.__name__, every=30)
async def find_units_to_copy(uow: NotifierUow) -> Sequence[UUID]:
    """The copy, unless it is of today."""
    return [] if await uow.units.seen_on() == await uow.today() else [COPY]
