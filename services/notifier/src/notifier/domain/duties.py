"""Duties as notifier keeps them, and the kinds of duty that arise from what happens (data/duties.json)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from notifier.domain.clocks import Step, read_step
from shared.contracts.roles import Level, Role


class Act(StrEnum):
    """What officials may decide about one duty. A date that the law or another service sets is not theirs to move."""

    WAIVE = "waive"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty as its source event states it. Fields as on the table `obligations`."""

    source_kind: str
    source_id: str
    revision: int
    deadline_key: str
    code: str
    title: str
    title_en: str | None = None
    source: str
    year: int
    period: str
    unit_code: str
    unit_name: str | None
    level: Level
    responsible: Role
    superior: Role | None
    superior_unit_code: str | None
    person_id: UUID | None = None
    producer_id: UUID | None = None
    opens_on: date | None = None
    due_on: date | None
    about: str
    fulfilled_by: tuple[str, ...]
    counts_from: datetime | None = None
    waived_by: tuple[str, ...] = ()
    waived_about: str | None = None
    total: int = 1
    allowed_acts: tuple[str, ...] = ()
    """What officials may do to it (`Act`)."""
    unit_on: date | None = None
    """For a producer's duty: a day on which `unit_code` named its commune, which may since have merged."""


@dataclass(frozen=True, slots=True)
class DutyKind:
    """What all duties of one code share."""

    code: str
    title: str
    title_en: str
    source: str
    responsible: Role
    superiors: Mapping[Level, Role]
    fulfilled_by: tuple[str, ...]
    waived_by: tuple[str, ...]
    responsible_at: Mapping[Level, Role]
    """Who owes it at a level, where that is not `responsible`."""
    officials_may: tuple[str, ...]
    due: tuple[Step, ...] = ()
    """Steps from the day of the cause to the due date, where the kind itself says it."""

    def titles(self, **details: object) -> tuple[str, str]:
        """The Vietnamese and the English title. Raises KeyError when a detail is missing."""
        return self.title.format(**details), self.title_en.format(**details)


def read_duty_kinds(document: Mapping[str, Any]) -> dict[str, DutyKind]:
    """The kinds of a duties document by code. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-duties/1":
        raise ValueError(f"not a duties document: {document['schema']}")
    kinds = [
        DutyKind(
            code=entry["code"],
            title=entry["title"],
            title_en=entry["title_en"],
            source=entry.get("source", ""),
            responsible=Role(entry["responsible"]),
            superiors={Level(level): Role(role) for level, role in entry["superior"].items()},
            fulfilled_by=tuple(entry["fulfilled_by"]),
            waived_by=tuple(entry["waived_by"]),
            officials_may=tuple(Act(act) for act in entry["officials_may"]),
            due=tuple(read_step(step) for step in entry.get("due", [])),
            responsible_at={Level(level): Role(role) for level, role in entry.get("responsible_at", {}).items()},
        )
        for entry in document["duties"]
    ]
    return {kind.code: kind for kind in kinds}
