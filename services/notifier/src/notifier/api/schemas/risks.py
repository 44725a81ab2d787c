"""Risk and reports of silence on the wire."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from notifier.domain.risk import Light, Reason
from notifier.persistence.tables.notices import Silence
from notifier.use_cases.read_risk import RiskLine


class ForecastBasis(BaseModel):
    """What the light rests on. `reason` names the part of the rule; shares are of 1.

    `projected` is the share done at the deadline at the pace so far, null where nothing is counted.
    """

    reason: Reason
    rule: str
    starts_on: date
    elapsed: float
    share: float
    projected: float | None


class RiskDeadline(BaseModel):
    """One deadline of an area. `days_left` is negative once it has passed.

    `last_sign_at` is when the unit, or anything its duties are about, was last heard of.
    """

    deadline_key: str
    code: str
    title: str
    title_en: str | None
    period: str
    due_on: date
    days_left: int
    light: Light
    duties: int
    open: int
    missed: int
    met: int
    done: int
    total: int
    last_sign_at: datetime | None
    basis: ForecastBasis

    @classmethod
    def of(cls, line: RiskLine) -> Self:
        """The line as the API shows it."""
        own = {name: getattr(line.row, name) for name in cls.model_fields if name in line.row._fields}
        basis = {name: getattr(line.forecast, name) for name in ForecastBasis.model_fields}
        return cls(**own, days_left=line.days_left, light=line.forecast.light, basis=ForecastBasis(**basis))


class RiskArea(BaseModel):
    """A district, or another unit above those with the duties; how many of its deadlines show which light."""

    area: str
    name: str
    lights: dict[Light, int]
    deadlines: list[RiskDeadline]


class RiskRead(BaseModel):
    """Every area within the caller's scope, by code."""

    today: date
    year: int
    lights: dict[Light, int]
    areas: list[RiskArea]

    @classmethod
    def of(cls, lines: Sequence[RiskLine], today: date, year: int) -> Self:
        """The lines by area."""
        areas = []
        for code, group in groupby(lines, key=lambda line: line.row.area):
            members = list(group)
            deadlines = [RiskDeadline.of(line) for line in members]
            name = members[0].row.name or code
            areas.append(RiskArea(area=code, name=name, lights=_count(deadlines), deadlines=deadlines))
        return cls(today=today, year=year, lights=_count([d for a in areas for d in a.deadlines]), areas=areas)


class SilentUnit(BaseModel):
    """A unit from which nothing had come."""

    code: str
    name: str


class SilenceReportRead(BaseModel):
    """One deadline's silent units under one superior. `silent` counts all, `units` names those the caller may see."""

    id: UUID
    code: str
    title: str
    title_en: str | None
    year: int
    period: str
    due_on: date
    superior: str
    superior_unit_code: str
    asked: int
    silent: int
    units: list[SilentUnit]
    silent_at: datetime
    noticed_at: datetime | None

    @classmethod
    def of(cls, row: Silence, units: list[Any]) -> Self:
        """The row with the units that may be shown."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name not in {"silent", "units"}}
        return cls(silent=len(row.units), units=[SilentUnit(**unit) for unit in units], **shown)


def _count(deadlines: Sequence[RiskDeadline]) -> dict[Light, int]:
    found = Counter(deadline.light for deadline in deadlines)
    return {light: found[light] for light in Light if found[light]}
