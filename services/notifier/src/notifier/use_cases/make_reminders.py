"""Make the reminders that are due now."""

from notifier.persistence.reminders import REMINDERS
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.settle_duties import settle_duties


async def make_reminders(uow: NotifierUow) -> int:
    """Write the notices of every step that is due, for the duties not yet met; returns for how many duties."""
    if not await settle_duties(uow):
        return 0
    now = await uow.now()
    due = await uow.reminders.lock_due(now, REMINDERS)
    if due:
        await uow.reminders.make(due, now, await uow.today())
    return len(due)


async def reopen_unaddressed(uow: NotifierUow) -> None:
    """Take up again what found nobody to tell, where somebody holds the office now."""
    await uow.reminders.reopen_unaddressed(await uow.today())


async def compose_digests(uow: NotifierUow) -> None:
    """Gather what was held for each person into one notice, once every step that is due was made."""
    await uow.digests.compose(await uow.now(), await uow.today())
