"""Who may see and do what in commerce (actors and their scope: users of the programme, plan of 2023 section V).

Money figures of a producer are seen by the producer, its district and its province; for all others they do not exist.
"""

from dataclasses import dataclass
from uuid import UUID

from shared.auth.actors import Actor
from shared.contracts.roles import Role

RECORDS_OUTLETS = (Role.TRADE_OFFICER, Role.DISTRICT_SECRETARY)
"""Who opens, stocks and closes outlets: the trade department in its province, a district's secretary in its own."""
READS_CLOSINGS = (*RECORDS_OUTLETS, Role.DISTRICT_CHAIR, Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR, Role.AUDITOR)
RECORDS_TRADE_EVENTS = (Role.TRADE_OFFICER,)
REPORTS_FIGURES = (Role.PRODUCER, Role.DISTRICT_SECRETARY)
"""The producer itself, or the district's secretary on its behalf."""

_DISTRICT_READERS = (Role.DISTRICT_SECRETARY, Role.DISTRICT_CHAIR)
_PROVINCE_READERS = (Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR, Role.TRADE_OFFICER, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person reaches: producers it acts for, units with a duty (districts), provinces."""

    producers: frozenset[UUID]
    units: frozenset[str]
    provinces: frozenset[str]

    def covers(self, *, unit_code: str | None, province_code: str) -> bool:
        """Whether a place in this unit and province is within reach."""
        return unit_code in self.units or province_code in self.provinces


def figures_to_read(actor: Actor) -> Scope:
    """Whose figures the person may see."""
    return Scope(actor.producers(), actor.units(*_DISTRICT_READERS), actor.units(*_PROVINCE_READERS))


def figures_to_write(actor: Actor) -> Scope:
    """Whose figures the person may report or correct."""
    return Scope(actor.producers(), actor.units(Role.DISTRICT_SECRETARY), frozenset())


def outlets_to_write(actor: Actor) -> Scope:
    """Which outlets the person may open, stock and close."""
    return Scope(frozenset(), actor.units(Role.DISTRICT_SECRETARY), actor.units(Role.TRADE_OFFICER))


def closings_to_read(actor: Actor) -> Scope:
    """Of which outlets the person may read why they closed."""
    return Scope(frozenset(), actor.units(*_DISTRICT_READERS), actor.units(*_PROVINCE_READERS))


def sales_to_read(actor: Actor) -> Scope:
    """Of which events the person may read the sales: with few exhibitors a total tells one producer's money."""
    return Scope(frozenset(), frozenset(), actor.units(*_PROVINCE_READERS))
