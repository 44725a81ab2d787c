"""Background work of notifier: tasks, sweeps and what events of other services cause here."""

from notifier.tasks import (
    calendars,
    commerce_events,
    deliveries,
    evaluation_events,
    formal_documents,
    registry_events,
    reminders,
    retention,
    settlement_events,
    units,
    webhooks,
)
from notifier.tasks.declared import TASKS

__all__ = [
    "TASKS",
    "calendars",
    "commerce_events",
    "deliveries",
    "evaluation_events",
    "formal_documents",
    "registry_events",
    "reminders",
    "retention",
    "settlement_events",
    "units",
    "webhooks",
]
