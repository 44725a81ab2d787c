"""Absences on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from notifier.persistence.tables.absences import AbsenceRow

Day = Annotated[date, Field(ge=date(2018, 1, 1), le=date(2100, 12, 31))]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class AbsenceDraft(BaseModel):
    """Days, both inclusive, and the deputy. `person_id` only by who stands above the absent; else it is the caller."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID | None = None
    deputy_id: UUID
    from_on: Day
    to_on: Day
    reason: Reason | None = None


class AbsenceRead(BaseModel):
    """An absence. `basis`: both hold an office of one unit, or a superior named the deputy."""

    id: UUID
    version: int
    person_id: UUID
    person_name: str
    deputy_id: UUID
    deputy_name: str
    from_on: date
    to_on: date
    basis: Literal["same_unit", "superior"]
    reason: str | None
    declared_by: UUID
    declared_at: datetime
    cancelled_by: UUID | None
    cancelled_at: datetime | None
    """From then on it counts no more."""

    @classmethod
    def of(cls, row: AbsenceRow) -> Self:
        """The row as the API shows it."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})
