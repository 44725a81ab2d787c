"""The background work of notifier, filled by the modules beside this one."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from shared.contracts.base import Event
from shared.tasks.declarations import TaskSet

E = TypeVar("E", bound=Event)
Handler = Callable[[Any, E], Awaitable[None]]


class NotifierTasks(TaskSet):
    """Every event that has its effect here is also told to the systems that subscribed to its kind."""

    def on(self, event: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        """As every service's, and the event is noted for them in the same transaction."""
        declare = super().on(event)

        def told(function: Handler[E]) -> Handler[E]:
            async def handle(uow: Any, received: E) -> None:
                await function(uow, received)
                uow.tell_systems(received)

            declare(handle)
            return function

        return told


TASKS = NotifierTasks("notifier")
