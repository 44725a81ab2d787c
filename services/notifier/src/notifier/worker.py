"""Where background work is put together: wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from notifier.integrations.channels import Senders
from notifier.integrations.email import EmailSender
from notifier.persistence.unit_of_work import NotifierUow
from notifier.settings import Settings
from notifier.tasks import TASKS
from shared.tasks.worker import run_worker


@asynccontextmanager
async def open_senders(settings: Settings) -> AsyncIterator[Senders]:
    """The providers' connections, for as long as the worker runs."""
    senders: Senders = {
        "email": EmailSender(settings.smtp_url.get_secret_value(), settings.mail_from, settings.mail_connections)
    }
    try:
        yield senders
    finally:
        for sender in senders.values():
            await sender.close()


def run() -> None:
    """Work until SIGTERM."""
    run_worker(Settings(), TASKS, NotifierUow, open_senders)  # from the environment
