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

DECIDE = (
    Role.PROVINCE_SECRETARY,
    Role.PROVINCE_CHAIR,
    Role.DISTRICT_SECRETARY,
    Role.DISTRICT_CHAIR,
    Role.COMMUNE_OFFICER,
    Role.NATIONAL_OFFICER,
)
"""Offices that may stand above a duty, and so waive or move it; which one it is, `may_decide` says."""
PROVINCE = (Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR)
"""They run the programme: its calendars, and any duty but their own office's."""


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


def owner_keys(actor: Actor) -> list[str]:
    """Whose duties are the caller's own: the person's, the producers', and those of the offices held."""
    offices = {f"{a.role.value}:{a.unit_code}" for a in actor.appointments}
    return sorted({f"person:{actor.person_id}"} | {f"producer:{one}" for one in actor.producers()} | offices)


def may_decide(actor: Actor, owner_key: str, superior: str | None, superior_unit_code: str | None) -> bool:
    """Whether the caller may waive or move a duty: who holds the office above it, or the province, never its owner."""
    if owner_key in owner_keys(actor):
        return False
    above = any((a.role, a.unit_code) == (superior, superior_unit_code) for a in actor.appointments)
    return above or actor.has(*PROVINCE)
