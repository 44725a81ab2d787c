"""What leaves on time."""

import structlog

from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.forget_content import forget_contacts, forget_content

log = structlog.get_logger(__name__)


@TASKS.routine(every=30)
async def forget_what_served_its_time(uow: NotifierUow) -> None:
    """Words and addresses of notices whose period is over, a bounded batch at a time."""
    if forgotten := await forget_content(uow):
        log.info("notices_forgotten", notices=forgotten)


@TASKS.routine(every=600)
async def forget_addresses(uow: NotifierUow) -> None:
    """Addresses that nobody needs any more, and old codes."""
    await forget_contacts(uow)
