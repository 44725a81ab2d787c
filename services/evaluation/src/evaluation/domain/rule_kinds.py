"""The three kinds of rules that officials administer, and who may."""

from enum import StrEnum

from shared.contracts.roles import Role


class RuleKind(StrEnum):
    """A ruleset (a Decision), one of its sheets, or a council's charter."""

    RULESET = "ruleset"
    SHEET = "sheet"
    CHARTER = "charter"


ADMINISTRATORS = frozenset({Role.NATIONAL_OFFICER, Role.PROVINCE_SECRETARY})
"""Roles that a system may let administer rulesets and sheets (setting `rules_administrators`)."""

READERS = ADMINISTRATORS | {Role.AUDITOR}
"""Roles that read drafts of rulesets and sheets, whoever brought them."""
