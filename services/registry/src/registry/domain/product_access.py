"""Who sees and keeps producers, products and certificates (domain/users.md, rules 1, 5 and 6).

An appointment's level decides how far it reaches: a commune officer the commune, a district secretary the district,
the province the province, the centre everything; a producer's person that producer. Units that were merged are
reached by the appointments of the unit they became.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role

KEEPERS = (Role.PRODUCER, Role.COMMUNE_OFFICER, Role.DISTRICT_SECRETARY, Role.PROVINCE_SECRETARY)
"""Who keeps the records: they may edit, and see personal data (own producer, secretariats, standing body)."""

READERS = (
    *KEEPERS,
    Role.DISTRICT_CHAIR,
    Role.PROVINCE_CHAIR,
    Role.TRADE_OFFICER,
    Role.DEPARTMENT_OFFICER,
    Role.NATIONAL_OFFICER,
    Role.AUDITOR,
)
"""Who sees a producer or product within the reach of the appointment."""

SUMMARY_READERS = (*READERS, Role.COUNCIL_MEMBER)
"""Who may read a product's summary: council members too, for the products of their unit."""

SUPPORTERS = (Role.COMMUNE_OFFICER, Role.DISTRICT_SECRETARY, Role.PROVINCE_SECRETARY, Role.TRADE_OFFICER)
"""Who records that a product or producer was supported (plan 2023 section II)."""

STAMPERS = (Role.PRODUCER, Role.DISTRICT_SECRETARY, Role.PROVINCE_SECRETARY, Role.DEPARTMENT_OFFICER)
"""Who records printed traceability stamps: the producer, its secretariat, the science department."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a person's appointments with some roles reach. Empty everywhere: sees nothing.

    `person_id` reaches the producers the person acts for now, also those taken on since the token was made.
    """

    everything: bool = False
    provinces: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    producers: tuple[UUID, ...] = ()
    person_id: UUID | None = None


def scope_of(actor: Actor, roles: tuple[Role, ...]) -> Scope:
    """The reach of the actor's appointments to one of `roles`."""
    units: dict[Level, set[str]] = {level: set() for level in Level}
    for appointment in actor.appointments:
        if appointment.role in roles and appointment.role is not Role.PRODUCER:
            units[appointment.level].add(appointment.unit_code)
    official = any(units.values())
    acts_for = actor.producers() if Role.PRODUCER in roles else frozenset()
    return Scope(
        everything=bool(units[Level.CENTRAL]),
        provinces=tuple(sorted(units[Level.PROVINCE])),
        districts=tuple(sorted(units[Level.DISTRICT])),
        communes=tuple(sorted(units[Level.COMMUNE])),
        producers=tuple(sorted(acts_for)),
        person_id=None if official or Role.PRODUCER not in roles else actor.person_id,
    )


def money_scope(readers: Scope) -> Scope:
    """The part of a reader's scope within which a producer's money figures show: producer, district, province."""
    return replace(readers, everything=False, communes=())
