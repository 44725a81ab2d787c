"""Delivering notices by e-mail. The in-app inbox needs no delivery: its rows are there at once."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from jinja2 import TemplateError

from notifier.domain.deliveries import Letter
from notifier.domain.templates import render
from notifier.integrations.email import EmailSender, Mail, MailRefused, MailUnavailable, MailUncertain
from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from shared.tasks.declarations import TaskContext

log = structlog.get_logger(__name__)

SWEEP = 200
"""Notices leased at once: one job of the queue."""


@TASKS.sweep("deliver_notice", every=0.5)
async def find_notices_to_send(uow: NotifierUow) -> Sequence[UUID]:
    """Notices to be sent, leased: a queue that loses them gets them again after the lease."""
    return await uow.deliveries.lease(SWEEP)


# All of a job at once: they wait for a connection in `slot`, bounded, before anything is claimed. One attempt: the
# row says when it is tried again, and only the sweep puts it back, so that retries and sweep never feed each other.
@TASKS.task(timeout=25, attempts=1, concurrency=SWEEP)
async def deliver_notice(context: TaskContext[NotifierUow], notice_id: UUID) -> None:
    """Claim a notice, send it with no connection to the database held, record what came of it."""
    sender: EmailSender = context.resources
    async with sender.slot() as free:
        if not free:
            return
        async with context.uow() as uow:
            letter = await uow.deliveries.claim(notice_id)
        if letter is not None:
            await _send(context, sender, letter)


async def _send(context: TaskContext[NotifierUow], sender: EmailSender, letter: Letter) -> None:
    try:
        words = render(letter.subject, letter.body, letter.html, letter.parameters)
        await sender.send(Mail(letter.notice_id, letter.name, letter.address, words.subject, words.body, words.html))
    except (TemplateError, MailRefused, MailUnavailable, MailUncertain) as error:
        log.warning("notice_not_sent", notice=str(letter.notice_id), attempt=letter.attempt, outcome=repr(error))
        async with context.uow() as uow:
            if isinstance(error, MailUnavailable):
                await uow.deliveries.record_postponed(letter, str(error))
            elif isinstance(error, MailUncertain):
                await uow.deliveries.record_unknown(letter, str(error))
            else:
                await uow.deliveries.record_refused(letter, str(error))
        return
    async with context.uow() as uow:
        await uow.deliveries.record_sent(letter)
