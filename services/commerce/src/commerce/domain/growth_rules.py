"""The growth rules that ship with commerce (`data/growth-rules.json`), checked when read."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from commerce.data import read_document
from commerce.domain.growth import GrowthRule
from shared.errors import Text

SCHEMA = "ocop-growth-rules/1"
MEASURES = ["revenue", "profit"]


@lru_cache(maxsize=1)
def growth_rules() -> tuple[GrowthRule, ...]:
    """The shipped rules."""
    return parse_growth_rules(read_document("growth-rules.json"))


def parse_growth_rules(document: Mapping[str, Any]) -> tuple[GrowthRule, ...]:
    """Rules of a document. Raises ValueError when it is not one of ours or two rules are in force on one day."""
    if document.get("schema") != SCHEMA:
        raise ValueError(f"not a document of {SCHEMA}")
    rules = tuple(sorted((_rule(entry) for entry in document["rules"]), key=lambda rule: rule.valid_from))
    for earlier, later in pairwise(rules):
        if earlier.in_force(later.valid_from):
            raise ValueError(f"two growth rules are in force on {later.valid_from}")
    return rules


def _rule(entry: Mapping[str, Any]) -> GrowthRule:
    if entry["measures"] != MEASURES:
        raise ValueError(f"growth is measured for {MEASURES}")
    rule = GrowthRule(
        code=str(entry["code"]),
        valid_from=date.fromisoformat(entry["valid_from"]),
        valid_to=date.fromisoformat(entry["valid_to"]) if entry["valid_to"] else None,
        min_star=int(entry["min_star"]),
        after_months=int(entry["after_months"]),
        begins_within_months=int(entry["begins_within_months"]),
        at_least=Fraction(entry["at_least"]),
        source=Text(entry["source"]["vi"], entry["source"]["en"]),
    )
    if rule.after_months < 1 or not 0 <= rule.begins_within_months < rule.after_months or rule.at_least <= 0:
        raise ValueError(f"the spans or the target of growth rule {rule.code} make no sense")
    return rule
