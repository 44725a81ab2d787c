"""Roles an appointment can give. Who may do what with them is decided in each service's `domain/access.py`.

The actors and their scope: the plan of 2023 section V, Decisions 148/2023, 1489/2025 and 26/2026 Art. 7.
"""

from enum import StrEnum


class Role(StrEnum):
    """The role part of an appointment (role, body, unit, session or group or kind of evidence, from, to)."""

    PRODUCER = "producer"
    COMMUNE_OFFICER = "commune_officer"
    DISTRICT_SECRETARY = "district_secretary"
    DISTRICT_CHAIR = "district_chair"
    PROVINCE_SECRETARY = "province_secretary"
    PROVINCE_CHAIR = "province_chair"
    COUNCIL_MEMBER = "council_member"
    ADVISORY_MEMBER = "advisory_member"
    TRADE_OFFICER = "trade_officer"
    DEPARTMENT_OFFICER = "department_officer"
    NATIONAL_OFFICER = "national_officer"
    AUDITOR = "auditor"


class Level(StrEnum):
    """Tiers of government that take part, in rising order. Which of them act is decided by the ruleset."""

    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"
    CENTRAL = "central"
