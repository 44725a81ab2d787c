"""The board of a plan's year: each target's value, share of the target, trend and units, from counted facts.

Arithmetic is exact (fractions) until the last step. A share or ratio without a base has no value.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

AFTER = 13
"""The month number of what was reached after the plan's year; 0 is before it."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Facts of one target, series and unit that were reached in one month (None: not yet)."""

    position: int
    series: str
    unit_code: str
    month: int | None
    n: Fraction
    d: Fraction
    things: int


@dataclass(frozen=True, slots=True)
class UnitValue:
    """A unit's value now, and by how much it moved since the end of last month. None: no base, or too few to show."""

    unit_code: str
    unit_name: str
    value: float | None
    change: float | None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The value at the end of a month (the last one: today)."""

    month: str
    value: float | None


@dataclass(frozen=True, slots=True)
class TargetResult:
    """One target of the plan: where it stands. `share` is value / target; `met` when the target is reached."""

    code: str
    vi: str
    en: str | None
    measure: str
    target: float
    expected_up_to: float | None
    by: date | None
    value: float | None
    share: float | None
    met: bool
    trend: tuple[TrendPoint, ...]
    by_unit: tuple[UnitValue, ...]


def results_of(
    targets: Sequence[Mapping[str, Any]],
    buckets: Sequence[Bucket],
    *,
    year: int,
    as_of: date,
    units: Mapping[str, str],
    districts: Sequence[str],
) -> tuple[TargetResult, ...]:
    """Every target's result, in the plan's order. `units` names codes; `districts` are listed even at nothing."""
    of_target: dict[int, list[Bucket]] = defaultdict(list)
    for bucket in buckets:
        of_target[bucket.position].append(bucket)
    months = _months(year, as_of)
    return tuple(_result(target, of_target[target["position"]], year, months, units, districts) for target in targets)


def _months(year: int, as_of: date) -> int:
    """The number of the month that counts as now: 1 to 12, 13 once the year is over, 0 before it begins."""
    if as_of.year == year:
        return as_of.month
    return AFTER if as_of.year > year else 0


def _result(
    target: Mapping[str, Any],
    buckets: Sequence[Bucket],
    year: int,
    now: int,
    units: Mapping[str, str],
    districts: Sequence[str],
) -> TargetResult:
    needed = Fraction(str(target["at_least"]))
    hide_below = int(target["parameters"].get("hide_below", 0))
    by_unit: dict[str, list[Bucket]] = defaultdict(list)
    for bucket in buckets:
        by_unit[bucket.unit_code].append(bucket)
    listed = list(districts) if not buckets or by_unit.keys() <= set(districts) else []
    codes = [*listed, *sorted(by_unit.keys() - set(listed))]
    value = _value(target, buckets, now, hide_below)
    return TargetResult(
        code=target["code"],
        vi=target["vi"],
        en=target["en"],
        measure=target["measure"],
        target=float(needed),
        expected_up_to=target["expected_up_to"],
        by=date.fromisoformat(target["by"]) if target["by"] else None,
        value=_shown(value),
        share=_shown(value / needed) if value is not None and needed else None,
        met=value is not None and value >= needed,
        trend=tuple(
            TrendPoint(f"{year}-{month:02d}", _shown(_value(target, buckets, month, hide_below)))
            for month in range(1, min(now, 12) + 1)
        ),
        by_unit=tuple(_unit_value(target, code, by_unit[code], now, hide_below, units) for code in codes),
    )


def _unit_value(
    target: Mapping[str, Any],
    code: str,
    buckets: Sequence[Bucket],
    now: int,
    hide_below: int,
    units: Mapping[str, str],
) -> UnitValue:
    alone = {**target, "measure": "count"} if target["measure"] == "count_of_units" else target
    value = _value(alone, buckets, now, hide_below)
    before = _value(alone, buckets, now - 1, hide_below)
    change = value - before if value is not None and before is not None else None
    return UnitValue(code, units.get(code, code), _shown(value), _shown(change))


def _value(target: Mapping[str, Any], buckets: Sequence[Bucket], month: int, hide_below: int) -> Fraction | None:
    """The value at the end of a month by the target's kind of measure."""
    reached = [b for b in buckets if b.month is not None and b.month <= month]
    if hide_below and 0 < _things(reached) < hide_below:
        return None
    match target["measure"]:
        case "share":
            base = sum((b.d for b in buckets), Fraction(0))
            return sum((b.n for b in reached), Fraction(0)) / base if base else None
        case "ratio_to_baseline":
            return _least_ratio(reached)
        case "count_of_units":
            per_unit: dict[str, Fraction] = defaultdict(Fraction)
            for bucket in reached:
                per_unit[bucket.unit_code] += bucket.n
            return Fraction(sum(1 for n in per_unit.values() if n >= target["per_unit_at_least"]))
        case _:
            return sum((b.n for b in reached), Fraction(0))


def _least_ratio(reached: Sequence[Bucket]) -> Fraction | None:
    """The lowest of the series' ratios: both revenue and profit must have grown."""
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    for bucket in reached:
        n, d = sums.get(bucket.series, (Fraction(0), Fraction(0)))
        sums[bucket.series] = (n + bucket.n, d + bucket.d)
    ratios = [n / d for n, d in sums.values() if d]
    return min(ratios) if ratios else None


def _things(buckets: Sequence[Bucket]) -> int:
    """How many products or producers stand behind buckets (each counts once, however many series it has)."""
    series: dict[str, int] = defaultdict(int)
    for bucket in buckets:
        series[bucket.series] += bucket.things
    return max(series.values(), default=0)


def _shown(value: Fraction | None) -> float | None:
    return round(float(value), 4) if value is not None else None
