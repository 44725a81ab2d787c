"""Every event type by its name."""

from shared.contracts import commerce, evaluation, notifier, registry, settlements
from shared.contracts.base import Event

EVENTS: dict[str, type[Event]] = {
    event.type: event
    for module in (registry, evaluation, settlements, commerce, notifier)
    for event in vars(module).values()
    if isinstance(event, type) and issubclass(event, Event) and event is not Event
}
