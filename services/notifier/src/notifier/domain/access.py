"""Who may see which duties and notices (domain rules of users: permission rule 1, scope before role)."""

from dataclasses import dataclass
from uuid import UUID

from shared.auth.actors import Actor
from shared.contracts.roles import Role

SEES_ALL = (Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR, Role.AUDITOR)
SEES_ALL_NOTICES = (Role.PROVINCE_SECRETARY, Role.AUDITOR)
READS_POLICIES = (Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR, Role.AUDITOR)
WRITES_POLICIES = (Role.PROVINCE_SECRETARY,)
"""The province's standing body decides when officers are reminded; no decision fixes it."""
SEES_OWN_UNIT = (
    Role.COMMUNE_OFFICER,
    Role.DISTRICT_SECRETARY,
    Role.DISTRICT_CHAIR,
    Role.TRADE_OFFICER,
    Role.DEPARTMENT_OFFICER,
    Role.NATIONAL_OFFICER,
)
"""They see the duties of their own unit, but not those of single persons in it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a caller may see of the duties."""

    all: bool
    person_id: UUID
    units: frozenset[str]
    producers: frozenset[UUID]
    offices: frozenset[tuple[str, str]]
    """(role, unit) pairs: whoever is the superior of a duty sees it."""


def scope_of(actor: Actor) -> Scope:
    """The scope that the actor's appointments give."""
    return Scope(
        all=actor.has(*SEES_ALL),
        person_id=actor.person_id,
        units=actor.units(*SEES_OWN_UNIT),
        producers=actor.producers(),
        offices=frozenset((a.role.value, a.unit_code) for a in actor.appointments),
    )
