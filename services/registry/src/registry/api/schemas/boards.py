"""The board over HTTP."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _FromDomain(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UnitValueRead(_FromDomain):
    """A unit's value, and its change since the end of last month; null where there is no base or too few to show."""

    unit_code: str
    unit_name: str
    value: float | None
    change: float | None


class TrendRead(_FromDomain):
    """The value at the end of a month."""

    month: str
    value: float | None


class TargetResultRead(_FromDomain):
    """A target of the plan: `value` against `target`, `share` = value / target."""

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
    trend: list[TrendRead]
    by_unit: list[UnitValueRead]


class DutyState(BaseModel):
    """How a unit stands with a duty."""

    unit_code: str
    unit_name: str
    state: Literal["open", "met", "met_late", "missed", "waived"]


class DeadlineState(BaseModel):
    """A deadline in a period, with every unit that has the duty."""

    code: str
    title: str
    en: str | None
    period: str
    due_on: date
    units: list[DutyState]


class DossierCount(BaseModel):
    """How many dossiers of the year came from a unit, went up, and were decided at some level."""

    unit_code: str
    unit_name: str
    filed: int
    forwarded: int
    decided: int


class BoardRead(_FromDomain):
    """The year's board: where every target and deadline stands on `as_of`. Empty before a plan is published."""

    year: int
    province_code: str | None
    title: str | None
    as_of: date
    targets: list[TargetResultRead]
    deadlines: list[DeadlineState]
    dossiers: list[DossierCount]
