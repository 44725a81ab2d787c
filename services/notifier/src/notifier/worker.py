"""Where background work is put together: wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from notifier.integrations.channels import Senders
from notifier.integrations.email import EmailSender
from notifier.integrations.resources import Resources
from notifier.integrations.units import UnitDirectory
from notifier.persistence.unit_of_work import NotifierUow
from notifier.settings import Settings
from notifier.tasks import TASKS
from shared.clients.base import ServiceClient
from shared.tasks.worker import run_worker


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """The connections to providers and to registry, for as long as the worker runs."""
    senders: Senders = {
        "email": EmailSender(settings.smtp_url.get_secret_value(), settings.mail_from, settings.mail_connections)
    }
    units = UnitDirectory(ServiceClient("registry", settings.registry_url))
    try:
        yield Resources(senders, units)
    finally:
        await units.close()
        for sender in senders.values():
            await sender.close()


def run() -> None:
    """Work until SIGTERM."""
    run_worker(Settings(), TASKS, NotifierUow, open_resources)  # from the environment
