"""A person's own inbox."""

from uuid import UUID

from notifier.persistence.notices import InboxRow
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor


async def mark_read(uow: NotifierUow, actor: Actor, notice_id: UUID) -> InboxRow:
    """Note that the person has read a notice of their inbox, and return it. Raises NotFound when it is not theirs."""
    await uow.notices.mark_read(actor.person_id, notice_id, await uow.now())
    return await uow.notices.inbox_item(actor.person_id, notice_id)
