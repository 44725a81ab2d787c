"""The caller as the services see it: a person with appointments."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from shared.contracts.roles import Level, Role


@dataclass(frozen=True, slots=True)
class Appointment:
    """One thing a person may be: a role at a unit, or for a producer, a session or a group of products."""

    role: Role
    level: Level
    unit_code: str
    producer_id: UUID | None = None
    body_code: str | None = None
    group_path: str | None = None
    evidence_kind: str | None = None


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person. Appointments are those in force when the token was made; tokens live minutes."""

    person_id: UUID
    name: str
    appointments: tuple[Appointment, ...]
    derived: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What `kept_by_actor` functions made of the appointments; a changed copy begins anew."""

    def has(self, *roles: Role) -> bool:
        """Whether any appointment is to one of `roles`."""
        return any(a.role in roles for a in self.appointments)

    def units(self, *roles: Role) -> frozenset[str]:
        """Codes of the units where the person holds one of `roles`."""
        return frozenset(a.unit_code for a in self.appointments if a.role in roles)

    def producers(self) -> frozenset[UUID]:
        """Producers the person acts for."""
        return frozenset(a.producer_id for a in self.appointments if a.role is Role.PRODUCER and a.producer_id)


def kept_by_actor(derive: Callable[[Actor], T]) -> Callable[[Actor], T]:
    """Let a pure function of an actor run once for each: a token is verified once and used many times."""

    def kept(actor: Actor) -> T:
        if derive not in actor.derived:
            actor.derived[derive] = derive(actor)
        found: T = actor.derived[derive]
        return found

    return kept
