"""Background work of notifier: tasks, sweeps and what events of other services cause here."""

from notifier.tasks import commerce_events, deliveries, evaluation_events, registry_events, reminders, settlement_events
from notifier.tasks.declared import TASKS

__all__ = [
    "TASKS",
    "commerce_events",
    "deliveries",
    "evaluation_events",
    "registry_events",
    "reminders",
    "settlement_events",
]
