"""The yearly plan: its document, the checks of a draft, and the duties its deadlines make (plan 2023 II.2, III.2)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from registry.domain.access import LEVELS_OF
from shared.contracts.base import Wire
from shared.contracts.roles import Level, Role
from shared.errors import Fault, Text

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Section = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Day = Annotated[date, Field(ge=date(2018, 1, 1), le=date(2100, 12, 31))]
Year = Annotated[int, Field(ge=2018, le=2100)]
Amount = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
MeasureKind = Literal["share", "count", "count_of_units", "ratio_to_baseline"]


class TargetDraft(Wire):
    """A target: what is measured (`indicator`, with its parameters), how (`measure`), and what is to be reached."""

    code: Code
    section: Section | None = None
    vi: Line
    en: Line | None = None
    indicator: Code
    measure: MeasureKind
    of: Line | None = None
    at_least: Amount
    expected_up_to: Amount | None = None
    unit_level: Level | None = None
    per_unit_at_least: Annotated[int, Field(ge=1, le=100_000)] | None = None
    after_months: Annotated[int, Field(ge=1, le=120)] | None = None
    by: Day | None = None
    note: Line | None = None
    parameters: dict[Code, str | int | list[str]] = Field(default_factory=dict, max_length=10)


class Audience(Wire):
    """Who has a duty: every unit of a level in the province, whose it is there, and to whom a miss climbs."""

    level: Level
    responsible: Role
    superior: Role
    superior_level: Level


class DeadlineDraft(Wire):
    """A deadline: one day (`due_on`, inclusive), or one per quarter, due on the quarter's last day."""

    code: Code
    section: Section | None = None
    vi: Line
    en: Line | None = None
    who: Line | None = None
    due_on: Day | None = None
    reading: Line | None = None
    recurs: Literal["quarterly"] | None = None
    recurs_rule: Line | None = None
    due_on_rule: Line | None = None
    audience: Annotated[list[Audience], Field(min_length=1, max_length=4)]
    fulfilled_by: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+$", max_length=100)]


class PlanDraft(Wire):
    """A yearly plan as its author sends it, and as the shipped templates are given."""

    year: Year
    province_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
    title: Line
    ruleset: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    source: Line | None = None
    legal_basis: Annotated[list[Line], Field(default_factory=list, max_length=50)]
    targets: Annotated[list[TargetDraft], Field(min_length=1, max_length=100)]
    deadlines: Annotated[list[DeadlineDraft], Field(max_length=100)]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a deadline: the period it is for and its last day."""

    period: str
    due_on: date


def occurrences(year: int, due_on: date | None, recurrence: str | None) -> tuple[Occurrence, ...]:
    """The dates of a deadline in its plan's year: one, or the last day of each quarter."""
    if recurrence is None:
        assert due_on is not None
        return (Occurrence(str(year), due_on),)
    return tuple(Occurrence(f"{year}-Q{quarter}", _quarter_end(year, quarter)) for quarter in range(1, 5))


def _quarter_end(year: int, quarter: int) -> date:
    following = date(year + 1, 1, 1) if quarter == 4 else date(year, quarter * 3 + 1, 1)
    return following - timedelta(days=1)


def faults_of_plan(plan: PlanDraft, *, indicators: dict[str, frozenset[str]], events: Collection[str]) -> list[Fault]:
    """Everything wrong with a draft at once, each with its field.

    `indicators` are the known ones with the parameters each needs; `events` those that can meet a duty.
    """
    return [*_faults_of_targets(plan, indicators), *_faults_of_deadlines(plan, events)]


def _faults_of_targets(plan: PlanDraft, indicators: dict[str, frozenset[str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, target in enumerate(plan.targets):
        at = f"targets[{number}]"
        if target.code in seen:
            yield _fault(f"{at}.code", "duplicate", "Trùng mã chỉ tiêu", "Another target has this code")
        seen.add(target.code)
        if target.indicator not in indicators:
            known = ", ".join(sorted(indicators))
            yield _fault(
                f"{at}.indicator", "unknown", f"Không đo được; biết: {known}", f"Cannot be measured; known: {known}"
            )
        for name in sorted(indicators.get(target.indicator, frozenset()) - set(target.parameters)):
            yield _fault(f"{at}.parameters.{name}", "missing", "Thiếu tham số này", "This parameter is missing")
        if target.measure == "share" and target.at_least > 1:
            yield _fault(f"{at}.at_least", "range", "Tỷ lệ không quá 1", "A share is at most 1")
        if target.measure == "count_of_units" and (target.unit_level is None or target.per_unit_at_least is None):
            yield _fault(
                f"{at}.per_unit_at_least",
                "missing",
                "Đếm đơn vị cần unit_level và per_unit_at_least",
                "Counting units needs unit_level and per_unit_at_least",
            )
        if target.expected_up_to is not None and target.expected_up_to < target.at_least:
            yield _fault(f"{at}.expected_up_to", "range", "Nhỏ hơn at_least", "Less than at_least")
        if target.by is not None and not _within(plan.year, target.by):
            yield _outside(f"{at}.by", plan.year)


def _faults_of_deadlines(plan: PlanDraft, events: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, deadline in enumerate(plan.deadlines):
        at = f"deadlines[{number}]"
        if deadline.code in seen:
            yield _fault(f"{at}.code", "duplicate", "Trùng mã thời hạn", "Another deadline has this code")
        seen.add(deadline.code)
        if (deadline.due_on is None) == (deadline.recurs is None):
            yield _fault(
                f"{at}.due_on", "one_of", "Cần đúng một trong hai: due_on, recurs", "Give either due_on or recurs"
            )
        if deadline.due_on is not None and not _within(plan.year, deadline.due_on):
            yield _outside(f"{at}.due_on", plan.year)
        if deadline.fulfilled_by not in events:
            known = ", ".join(sorted(events))
            yield _fault(
                f"{at}.fulfilled_by",
                "unknown",
                f"Không có sự kiện này; biết: {known}",
                f"There is no such event; known: {known}",
            )
        yield from _faults_of_audience(at, deadline.audience)


def _faults_of_audience(at: str, audience: list[Audience]) -> Iterator[Fault]:
    levels: set[Level] = set()
    for number, one in enumerate(audience):
        where = f"{at}.audience[{number}]"
        if one.level in levels:
            yield _fault(f"{where}.level", "duplicate", "Trùng cấp", "Another entry has this level")
        levels.add(one.level)
        for name, role, level in (
            ("responsible", one.responsible, one.level),
            ("superior", one.superior, one.superior_level),
        ):
            if level not in LEVELS_OF[role]:
                yield _fault(f"{where}.{name}", "level", "Cấp này không có vai trò đó", "No such role at this level")


def _within(year: int, day: date) -> bool:
    return date(year, 1, 1) <= day <= date(year + 1, 12, 31)


def _outside(field: str, year: int) -> Fault:
    return _fault(field, "range", f"Ngoài năm {year} và {year + 1}", f"Outside {year} and {year + 1}")


def _fault(field: str, code: str, vi: str, en: str) -> Fault:
    return Fault(field, code, Text(vi, en))


def draft_of_document(document: dict[str, Any]) -> PlanDraft:
    """A shipped plan document (schema ocop-plan/1) as a draft; what only people read (agencies …) is left out."""
    return PlanDraft.model_validate(
        {
            "year": document["year"],
            "province_code": document["province"],
            "title": document["title_vi"],
            "ruleset": document["ruleset"],
            "source": document["source"],
            "legal_basis": document["legal_basis"],
            "targets": document["targets"],
            "deadlines": document["deadlines"],
        }
    )
