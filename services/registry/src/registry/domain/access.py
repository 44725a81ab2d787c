"""Who may do what in registry, by role (plan 2023 section V; the permission rules of the actors in docs).

Sets of roles per act; the scope within a role (its unit, its producer) is applied where rows are read.
"""

from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role

PROVINCE_SEATS = frozenset({Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR})
READS_ALL_APPOINTMENTS = PROVINCE_SEATS | {Role.AUDITOR, Role.NATIONAL_OFFICER}
READS_UNIT_APPOINTMENTS = frozenset({Role.DISTRICT_SECRETARY, Role.DISTRICT_CHAIR, Role.COMMUNE_OFFICER})
APPOINTS = frozenset({Role.PROVINCE_SECRETARY})
DRAFTS_PLANS = frozenset({Role.PROVINCE_SECRETARY})
PUBLISHES_PLANS = frozenset({Role.PROVINCE_CHAIR})
READS_DRAFT_PLANS = PROVINCE_SEATS | {Role.AUDITOR}
RECORDS_TRAININGS = frozenset({Role.PROVINCE_SECRETARY, Role.DISTRICT_SECRETARY})
READS_TRAININGS = RECORDS_TRAININGS | {
    Role.PROVINCE_CHAIR,
    Role.DISTRICT_CHAIR,
    Role.COMMUNE_OFFICER,
    Role.AUDITOR,
    Role.NATIONAL_OFFICER,
}
REPORTS_FOR_UNIT = frozenset({Role.PROVINCE_SECRETARY, Role.DISTRICT_SECRETARY, Role.COMMUNE_OFFICER})
READS_ALL_REPORTS = PROVINCE_SEATS | {Role.AUDITOR, Role.NATIONAL_OFFICER}

LEVELS_OF: dict[Role, frozenset[Level]] = {
    Role.PRODUCER: frozenset({Level.COMMUNE}),
    Role.COMMUNE_OFFICER: frozenset({Level.COMMUNE}),
    Role.DISTRICT_SECRETARY: frozenset({Level.DISTRICT}),
    Role.DISTRICT_CHAIR: frozenset({Level.DISTRICT}),
    Role.PROVINCE_SECRETARY: frozenset({Level.PROVINCE}),
    Role.PROVINCE_CHAIR: frozenset({Level.PROVINCE}),
    Role.COUNCIL_MEMBER: frozenset({Level.DISTRICT, Level.PROVINCE, Level.CENTRAL}),
    Role.ADVISORY_MEMBER: frozenset({Level.DISTRICT, Level.PROVINCE, Level.CENTRAL}),
    Role.TRADE_OFFICER: frozenset({Level.DISTRICT, Level.PROVINCE}),
    Role.DEPARTMENT_OFFICER: frozenset({Level.DISTRICT, Level.PROVINCE}),
    Role.NATIONAL_OFFICER: frozenset({Level.CENTRAL}),
    Role.AUDITOR: frozenset({Level.PROVINCE, Level.CENTRAL}),
}
"""The levels of units at which a role can be held."""


def acts_for(actor: Actor, unit_code: str, roles: frozenset[Role]) -> bool:
    """Whether the person holds one of `roles` at exactly this unit."""
    return unit_code in actor.units(*roles)
