"""What time causes: duties settled, missed, reminded of. Every loop may run in several workers at once."""

import time

from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.make_reminders import compose_digests, make_reminders, reopen_unaddressed
from notifier.use_cases.report_risk import report_risk
from notifier.use_cases.settle_duties import miss_deadlines, settle_duties

CATCH_UP_SECONDS = 15.0


class CatchUp:
    """The first seconds of a worker: what was told while none ran comes in before anybody is reminded or named."""

    def __init__(self) -> None:
        self._began: float | None = None

    def over(self) -> bool:
        """Whether they have passed since this was first asked."""
        self._began = self._began or time.monotonic()
        return time.monotonic() - self._began >= CATCH_UP_SECONDS


_catch_up = CatchUp()


@TASKS.routine(every=0.3)
async def settle_what_is_new(uow: NotifierUow) -> None:
    """Duties follow what was told, in whatever order it came."""
    await settle_duties(uow)


@TASKS.routine(every=0.5)
async def miss_what_is_overdue(uow: NotifierUow) -> None:
    """Deadlines that passed, and the units that were silent."""
    if _catch_up.over():
        await miss_deadlines(uow)


@TASKS.routine(every=0.5)
async def remind_of_what_is_due(uow: NotifierUow) -> None:
    """Steps whose instant has come."""
    if _catch_up.over():
        await make_reminders(uow)


@TASKS.routine(every=1)
async def gather_what_was_held(uow: NotifierUow) -> None:
    """Digests whose day has come."""
    if _catch_up.over():
        await compose_digests(uow)


@TASKS.routine(every=60)
async def report_what_is_at_risk(uow: NotifierUow) -> None:
    """The superiors' weekly reports."""
    if _catch_up.over():
        await report_risk(uow)


@TASKS.routine(every=5)
async def address_what_found_nobody(uow: NotifierUow) -> None:
    """An office was empty when a step was due, and is held now."""
    await reopen_unaddressed(uow)


@TASKS.routine(every=5)
async def end_what_outlived_its_time(uow: NotifierUow) -> None:
    """Claims of workers that died, and notices nobody could deliver in time."""
    await uow.deliveries.give_up()


@TASKS.routine(every=1)
async def number_inbox_changes(uow: NotifierUow) -> None:
    """Changes of inboxes that nobody follows are numbered too, so that few wait when somebody begins to."""
    await uow.inbox_changes.number()


@TASKS.routine(every=3600)
async def forget_old_inbox_changes(uow: NotifierUow) -> None:
    """What nobody can take up again."""
    await uow.inbox_changes.forget()
