"""How a service declares its background work: tasks, sweeps and event handlers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from shared.contracts.base import Event
from shared.db.engine import Database
from shared.db.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)
E = TypeVar("E", bound=Event)
Find = Callable[[Any], Awaitable[Sequence[UUID]]]
Routine = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class TaskContext(Generic[U]):
    """What a task has at hand: transactions of its service, and the service's own resources (senders, clients)."""

    database: Database
    uow_type: type[U]
    resources: Any = None

    @asynccontextmanager
    async def uow(self) -> AsyncIterator[U]:
        """One transaction."""
        async with self.uow_type.open(self.database) as uow:
            yield uow


Run = Callable[[TaskContext[Any], UUID], Awaitable[None]]


@dataclass(frozen=True)
class Task:
    """A named piece of work on one id. Must be idempotent: it may run twice."""

    name: str
    run: Run
    timeout: float
    attempts: int
    concurrency: int


@dataclass(frozen=True)
class Sweep:
    """Looks for due rows every so often, claims them, and returns the ids for which `task` must run."""

    task: str
    every: float
    find: Find


@dataclass
class TaskSet:
    """All background work of a service."""

    service: str
    tasks: dict[str, Task] = field(default_factory=dict)
    sweeps: list[Sweep] = field(default_factory=list)
    routines: list[tuple[float, Routine]] = field(default_factory=list)
    handlers: dict[str, tuple[type[Event], Callable[[Any, Any], Awaitable[None]]]] = field(default_factory=dict)

    def task(self, *, timeout: float = 20.0, attempts: int = 8, concurrency: int = 10) -> Callable[[Run], Run]:
        """Declare a task under its function's name. `timeout` in seconds, at most 25."""
        if timeout > 25:
            raise ValueError("a task longer than 25 s keeps its job too long after a kill -9; make it resumable")

        def declare(function: Run) -> Run:
            self.tasks[function.__name__] = Task(function.__name__, function, timeout, attempts, concurrency)
            return function

        return declare

    def sweep(self, task: str, *, every: float) -> Callable[[Find], Find]:
        """Declare a sweep: a function of a unit of work that claims due rows and returns their ids."""

        def declare(function: Find) -> Find:
            self.sweeps.append(Sweep(task, every, function))
            return function

        return declare

    def routine(self, *, every: float) -> Callable[[Routine], Routine]:
        """Declare work done in one transaction every so many seconds, such as marking what is overdue."""

        def declare(function: Routine) -> Routine:
            self.routines.append((every, function))
            return function

        return declare

    def on(
        self, event: type[E]
    ) -> Callable[[Callable[[Any, E], Awaitable[None]]], Callable[[Any, E], Awaitable[None]]]:
        """Declare what an event of another service causes here: a function of (unit of work, event)."""
        if self.service not in event.subscribers:
            raise ValueError(f"{event.type} does not name {self.service} among its subscribers")

        def declare(function: Callable[[Any, E], Awaitable[None]]) -> Callable[[Any, E], Awaitable[None]]:
            self.handlers[event.type] = (event, function)
            return function

        return declare
