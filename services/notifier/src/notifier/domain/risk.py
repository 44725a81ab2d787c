"""Who will miss a deadline: a plain rule over progress and time, with its basis (data/risk-rules.json)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

EVERY_CODE = "*"


class Light(StrEnum):
    """How a deadline stands, from good to bad."""

    DONE = "done"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    MISSED = "missed"


class Reason(StrEnum):
    """Which part of the rule decided."""

    ALL_DONE = "all_done"
    PASSED = "passed"
    EARLY = "early"
    PACE = "pace"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class RiskRule:
    """Thresholds for the duties of one code. Shares are of 1."""

    code: str
    span_days: int
    early: float
    amber_below: float
    red_below: float
    amber_from: float
    red_from: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How the duties of one area for one deadline stand."""

    duties: int
    open: int
    missed: int
    done: int
    total: int
    starts_on: date | None
    due_on: date


@dataclass(frozen=True, slots=True)
class Forecast:
    """The light and what it rests on. `projected`: share done at the deadline at this pace; None if not counted."""

    light: Light
    reason: Reason
    rule: str
    starts_on: date
    elapsed: float
    share: float
    projected: float | None


def forecast(standing: Standing, rule: RiskRule, today: date) -> Forecast:
    """The light of a deadline on `today`. Missed: somebody's deadline has passed and nothing came."""
    starts = min(standing.starts_on or standing.due_on - timedelta(days=rule.span_days), standing.due_on)
    length = (standing.due_on - starts).days + 1
    elapsed = min(max((today - starts).days / length, 0.0), 1.0)
    share = standing.done / standing.total
    counted = standing.total > 1
    projected = min(share / elapsed, 1.0) if counted and elapsed else None
    light, reason = _verdict(standing, rule, elapsed, projected)
    return Forecast(
        light, reason, rule.code, starts, round(elapsed, 3), round(share, 3), projected and round(projected, 3)
    )


def _verdict(standing: Standing, rule: RiskRule, elapsed: float, projected: float | None) -> tuple[Light, Reason]:
    if standing.missed:
        return Light.MISSED, Reason.PASSED
    if not standing.open:
        return Light.DONE, Reason.ALL_DONE
    if elapsed < rule.early:
        return Light.GREEN, Reason.EARLY
    if projected is not None:
        return _worst(projected < rule.red_below, projected < rule.amber_below), Reason.PACE
    return _worst(elapsed >= rule.red_from, elapsed >= rule.amber_from), Reason.TIME


def _worst(red: bool, amber: bool) -> Light:
    if red:
        return Light.RED
    return Light.AMBER if amber else Light.GREEN


def read_risk_rules(document: Mapping[str, Any]) -> dict[str, RiskRule]:
    """The rules by code; `*` is for all others. Raises KeyError or ValueError when the document is wrong."""
    if document["schema"] != "ocop-risk-rules/1":
        raise ValueError(f"not risk rules: {document['schema']}")
    rules = {
        entry["code"]: RiskRule(
            code=entry["code"],
            span_days=entry["span_days"],
            early=entry["early"],
            amber_below=entry["counted"]["amber_below"],
            red_below=entry["counted"]["red_below"],
            amber_from=entry["single"]["amber_from"],
            red_from=entry["single"]["red_from"],
        )
        for entry in document["rules"]
    }
    if EVERY_CODE not in rules:
        raise ValueError("no rule for the duties that none names")
    return rules
