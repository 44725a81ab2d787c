"""Recurring duties on the wire."""

import datetime as dt
from collections.abc import Sequence
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from notifier.domain.clocks import ClockUnit, Roll
from notifier.domain.duties import Act, Duty
from notifier.domain.recurrence import Every
from notifier.persistence.tables.duties import DutyCalendarRow
from notifier.use_cases.plan_duties import Ahead
from shared.contracts.events import EVENTS
from shared.contracts.roles import Level, Role

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
DayOfYear = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
TITLE_FIELDS = {"period", "due_on"}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SuperiorEntry(_Part):
    """Who stands above: the holder of `role` in the unit of `level` that the unit belongs to."""

    level: Level
    role: Role


class AudienceEntry(_Part):
    """All units of a level on the due date, of the province `within` or all; the first superior there is stands."""

    level: Level
    within: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None
    responsible: Role
    superiors: Annotated[list[SuperiorEntry], Field(min_length=1, max_length=4)]


class StepEntry(_Part):
    """So many units on (negative: back), or off a rest day (`to`)."""

    length: Annotated[int, Field(ge=-400, le=400)] | None = None
    unit: ClockUnit | None = None
    to: Roll | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        """A step counts or rolls."""
        counts = self.length is not None and self.unit is not None
        if counts == (self.to is not None) or (self.length is None) != (self.unit is None):
            raise ValueError("give length and unit, or to")
        return self


class DueEntry(_Part):
    """The due date: the start or end of the period (or the date), the day before if strictly before, then the steps."""

    from_: Annotated[Literal["start", "end"], Field(alias="from")]
    strictly_before: bool
    steps: Annotated[list[StepEntry], Field(max_length=6)]


class DutyCalendarDraft(_Part):
    """A definition of a recurring duty. Titles may name {period} and {due_on}; `dates` (MM-DD) go with `every: dates`.

    `fulfilled_by` are event types that name the unit, and must agree in year and, where they carry them, period and
    code. A report of registry carries quarters or the year as its period, and its own code.
    """

    code: Code
    title: Words
    title_en: Words
    source: Words
    valid_from: dt.date
    valid_to: dt.date | None
    who: Annotated[list[AudienceEntry], Field(min_length=1, max_length=8)]
    every: Every
    dates: Annotated[list[DayOfYear], Field(max_length=24)]
    due: DueEntry
    opens_days_before: Annotated[int, Field(ge=0, le=400)] | None
    fulfilled_by: Annotated[list[str], Field(min_length=1, max_length=8)]
    officials_may: Annotated[list[Act], Field(max_length=2)]

    @field_validator("title", "title_en")
    @classmethod
    def names_what_there_is(cls, title: str) -> str:
        """Only the details a title is given."""
        named = [field for field in Formatter().parse(title) if field[1] is not None]
        if any(name not in TITLE_FIELDS or form or conversion for _, name, form, conversion in named):
            raise ValueError(f"a title may name {sorted(TITLE_FIELDS)}, and nothing else in braces")
        return title

    @field_validator("fulfilled_by")
    @classmethod
    def known_events(cls, types: list[str]) -> list[str]:
        """Only what notifier is told."""
        unknown = [one for one in types if one not in EVENTS or "notifier" not in EVENTS[one].subscribers]
        if unknown:
            raise ValueError(f"notifier is not told {unknown}")
        return types

    @field_validator("valid_to")
    @classmethod
    def not_before_it_begins(cls, valid_to: dt.date | None, info: ValidationInfo) -> dt.date | None:
        """The last day is not before the first."""
        if valid_to and "valid_from" in info.data and valid_to < info.data["valid_from"]:
            raise ValueError("valid_to is before valid_from")
        return valid_to

    @field_validator("dates")
    @classmethod
    def days_there_are(cls, dates: list[str], info: ValidationInfo) -> list[str]:
        """Days of every year, where the duty comes on dates."""
        for one in dates:
            dt.date.fromisoformat(f"2023-{one}")
        if (info.data.get("every") is Every.DATES) != bool(dates) or len(set(dates)) < len(dates):
            raise ValueError("dates go with every: dates, each once")
        return dates

    def document(self, calendar_id: str) -> dict[str, Any]:
        """As it is kept."""
        return {"id": calendar_id} | self.model_dump(mode="json", by_alias=True)


class DutyCalendarRead(BaseModel):
    """A definition. `document` is its newest text; `state` is draft while another text, or none, is in force."""

    id: str
    version: int
    state: Literal["draft", "published"]
    code: str
    title: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: str
    document: dict[str, Any]
    published: dict[str, Any] | None
    published_at: dt.datetime | None
    published_by: str | None

    @classmethod
    def of(cls, row: DutyCalendarRow) -> Self:
        """The row as the API shows it."""
        fields = {name: getattr(row, name) for name in cls.model_fields}
        for name in ("document", "published"):
            fields[name] = _without_id(fields[name])
        return cls(**fields)


def _without_id(document: dict[str, Any] | None) -> dict[str, Any] | None:
    """As it is sent to PUT: the path names the definition."""
    return None if document is None else {name: value for name, value in document.items() if name != "id"}


class PreviewUnit(BaseModel):
    """A unit that would have the duty."""

    code: str
    name: str | None
    level: Level
    responsible: Role
    superior: Role | None
    superior_unit_code: str | None


class PreviewDuty(BaseModel):
    """One period: when its duty opens and is due (inclusive), for how many units; `unit_list` when asked for."""

    period: str
    title: str
    title_en: str | None
    opens_on: dt.date | None
    due_on: dt.date
    units: int
    unit_list: list[PreviewUnit] | None


class PreviewRead(BaseModel):
    """What a definition would make of a year."""

    calendar_id: str
    year: int
    duties: list[PreviewDuty]
    total: int

    @classmethod
    def of(cls, ahead: Ahead, duties: Sequence[Duty], *, with_units: bool) -> Self:
        """The duties by period."""
        shown = []
        for one in ahead.occurrences:
            own = [duty for duty in duties if duty.period == one.period]
            title, title_en = ahead.calendar.titles(one)
            named = [_unit(duty) for duty in own] if with_units else None
            shown.append(
                PreviewDuty(
                    period=one.period,
                    title=title,
                    title_en=title_en,
                    opens_on=one.opens_on,
                    due_on=one.due_on,
                    units=len(own),
                    unit_list=named,
                )
            )
        return cls(calendar_id=ahead.calendar.id, year=ahead.year, duties=shown, total=len(duties))


def _unit(duty: Duty) -> PreviewUnit:
    return PreviewUnit(
        code=duty.unit_code,
        name=duty.unit_name,
        level=duty.level,
        responsible=duty.responsible,
        superior=duty.superior,
        superior_unit_code=duty.superior_unit_code,
    )
