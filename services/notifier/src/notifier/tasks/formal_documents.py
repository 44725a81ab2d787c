"""Asking the e-office what became of documents, where it does not call us."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from notifier.integrations.channels import Misconfigured, Refused, Unavailable, Uncertain
from notifier.integrations.eoffice import EofficeSender
from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.formal_documents import take_statuses
from shared.errors import Invalid
from shared.tasks.declarations import TaskContext

log = structlog.get_logger(__name__)


@TASKS.task(timeout=20, attempts=1, concurrency=4)
async def ask_about_document(context: TaskContext[NotifierUow], document_id: UUID) -> None:
    """Ask, with no connection to the database held; the sweep asks again later whatever comes of it."""
    sender = context.resources.get("eoffice")
    if not isinstance(sender, EofficeSender):
        return
    try:
        async with sender.slot() as free:
            said = await sender.statuses([document_id]) if free else []
    except (Refused, Unavailable, Misconfigured, Uncertain) as error:
        log.warning("eoffice_not_asked", document=str(document_id), reason=repr(error))
        return
    try:
        async with context.uow() as uow:
            await take_statuses(uow, said)
    except Invalid as error:
        log.error("eoffice_status_unknown", document=str(document_id), faults=[one.text.en for one in error.faults])


@TASKS.sweep("ask_about_document", every=5)
async def find_documents_to_ask_about(uow: NotifierUow) -> Sequence[UUID]:
    """Documents that are on their way and were not asked about for a while."""
    return await uow.formal_documents.lease_to_ask()
