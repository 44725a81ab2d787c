"""Delivering notices, each channel by itself: one that is dead or slow never delays another.

The in-app inbox needs no delivery: its rows are there at once.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog
from jinja2 import TemplateError

from notifier.domain.contacts import KIND as CODE
from notifier.domain.deliveries import Letter
from notifier.integrations.channels import Misconfigured, Refused, Sender, Senders, Unavailable, Uncertain
from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.draw_code import with_code
from shared.tasks.declarations import TaskContext

log = structlog.get_logger(__name__)

SENDING = ("email", "sms", "zns")
"""Channels that this worker sends through; each has a task and a sweep of its own."""
SWEEP = 200
"""Notices leased at once: one job of the queue."""

Find = Callable[[NotifierUow], Awaitable[Sequence[UUID]]]
Deliver = Callable[[TaskContext[NotifierUow], UUID], Awaitable[None]]


def _declare(channel: str) -> tuple[Find, Deliver]:
    """The sweep and the task of a channel."""

    async def deliver(context: TaskContext[NotifierUow], notice_id: UUID) -> None:
        senders: Senders = context.resources
        if (sender := senders.get(channel)) is not None:  # else this worker has no account with its provider
            await deliver_notice(context, sender, notice_id)

    async def find(uow: NotifierUow) -> Sequence[UUID]:
        return await uow.deliveries.lease(channel, SWEEP)

    deliver.__name__, find.__name__ = f"deliver_{channel}", f"find_{channel}_to_send"
    # All of a job at once: they wait for a connection in `slot`, bounded, before anything is claimed. One attempt: the
    # row says when it is tried again, and only the sweep puts it back, so that retries and sweep never feed each other.
    TASKS.task(timeout=25, attempts=1, concurrency=SWEEP)(deliver)
    # Leased: a queue that loses them gets them again after the lease.
    TASKS.sweep(deliver.__name__, every=0.5)(find)
    return find, deliver


async def deliver_notice(context: TaskContext[NotifierUow], sender: Sender, notice_id: UUID) -> None:
    """Claim a notice, send it with no connection to the database held, record what came of it."""
    async with sender.slot() as free:
        if not free:
            return
        async with context.uow() as uow:
            letter = await uow.deliveries.claim(notice_id)
        if letter is not None and letter.kind == CODE:
            letter = await _coded(context, letter)
        if letter is not None:
            await _send(context, sender, letter)


async def _coded(context: TaskContext[NotifierUow], letter: Letter) -> Letter | None:
    coded = await with_code(context.uow, letter)
    if coded is None:
        async with context.uow() as uow:
            await uow.deliveries.record_refused(letter, "nobody waits for this code", final=True, reason="expired")
    return coded


async def _send(context: TaskContext[NotifierUow], sender: Sender, letter: Letter) -> None:
    try:
        taken = await sender.send(letter)
    except (TemplateError, Refused, Unavailable, Uncertain) as error:
        log.warning("notice_not_sent", notice=str(letter.notice_id), attempt=letter.attempt, outcome=repr(error))
        async with context.uow() as uow:
            await _record_failure(uow, letter, error)
        return
    async with context.uow() as uow:
        await uow.deliveries.record_sent(letter, taken.reference, taken.segments)
        await uow.receipts.apply()


async def _record_failure(uow: NotifierUow, letter: Letter, error: Exception) -> None:
    if isinstance(error, Unavailable):
        await uow.deliveries.record_postponed(letter, str(error))
        if isinstance(error, Misconfigured):
            log.error("channel_pauses_itself", channel=letter.channel, because=str(error))
            await uow.channels.pause(letter.channel, str(error))
    elif isinstance(error, Uncertain):
        await uow.deliveries.record_unknown(letter, str(error))
    elif isinstance(error, Refused):
        await uow.deliveries.record_refused(letter, str(error), final=error.final, reason=error.kind)
        if error.dead:
            await uow.receipts.bury([letter.notice_id], error.kind)
    else:  # words that cannot be rendered stay so
        await uow.deliveries.record_refused(letter, str(error), final=True, reason="words")


CHANNEL_WORK = {channel: _declare(channel) for channel in SENDING}
"""(sweep, task) of each channel."""


@TASKS.routine(every=1)
async def follow_what_failed(uow: NotifierUow) -> None:
    """The next channel of the chain takes over."""
    await uow.deliveries.follow(SWEEP)


@TASKS.routine(every=5)
async def ask_what_is_unknown(uow: NotifierUow) -> None:
    """What may or may not have left: the provider is asked where it can be, else a person."""
    await uow.receipts.apply()
    for notice_id, channel in await uow.deliveries.ask():
        log.error("notice_outcome_unknown", notice=str(notice_id), channel=channel)
