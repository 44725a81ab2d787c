"""What registry must know of the rulesets to write a certificate: months, code pattern, who recognises which star."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from registry.data import read_document
from shared.contracts.roles import Level


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Who recognises a star: the level, and the name with `{unit}` for the unit's full name."""

    level: Level
    name: str


@dataclass(frozen=True, slots=True)
class RecognitionRule:
    """The rule for decisions signed from `valid_from`; `series` names what a running number is kept for."""

    ruleset: str
    rule: str
    valid_from: date
    certificate_months: int
    code_pattern: str
    series: str
    recognised_by: dict[int, Recogniser]


@cache
def recognition_rules() -> tuple[RecognitionRule, ...]:
    """All rules, the oldest first."""
    return tuple(sorted(map(_rule, read_document("recognition-rules.json")["rules"]), key=lambda r: r.valid_from))


def rule_on(day: date) -> RecognitionRule | None:
    """The rule for a decision signed on `day`; None before the first."""
    begun = [rule for rule in recognition_rules() if rule.valid_from <= day]
    return begun[-1] if begun else None


def series_for(ruleset: str) -> str:
    """What the running numbers of a ruleset are kept for; the newest rule's way for a ruleset not listed here."""
    rules = recognition_rules()
    return next((rule.series for rule in reversed(rules) if rule.ruleset == ruleset), rules[-1].series)


def decided_by(recogniser: Recogniser, unit: str) -> str:
    """The name of the body: "Ủy ban nhân dân huyện Thăng Bình"."""
    return recogniser.name.format(unit=unit[:1].lower() + unit[1:])


def _rule(row: dict[str, Any]) -> RecognitionRule:
    return RecognitionRule(
        ruleset=row["ruleset"],
        rule=row["rule"],
        valid_from=date.fromisoformat(row["valid_from"]),
        certificate_months=row["certificate_months"],
        code_pattern=row["code_pattern"],
        series=row["series"],
        recognised_by={
            int(star): Recogniser(Level(by["level"]), by["name"]) for star, by in row["recognised_by"].items()
        },
    )
