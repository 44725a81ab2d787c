"""Routing of dossiers and schedules of rounds on the wire."""

from datetime import date, time
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from evaluation.api.schemas.dossier_forms import Line
from evaluation.api.schemas.dossiers import Gap
from evaluation.persistence.tables.council_staff import RoutingRow
from evaluation.use_cases import schedule_round as scheduling
from evaluation.use_cases.read_schedule import SeenSchedule
from evaluation.use_cases.route_dossiers import Route
from shared.contracts.base import Wire

MOST_DOSSIERS = 300


class RoutingDraft(Wire):
    """A province's own routing, a document `ocop-routing/1` that names its source."""

    unit_code: str = Field(min_length=1, max_length=10)
    document: dict[str, Any]


class RoutingRead(BaseModel):
    """Which bodies check which product groups and kinds of paper, from a day on."""

    id: UUID
    unit_code: str | None
    source: str
    effective_from: date
    hash: str

    @classmethod
    def of(cls, row: RoutingRow) -> "RoutingRead":
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class RoutedPaperRead(BaseModel):
    """A kind of paper and who verifies it."""

    kind: str
    name_vi: str
    name_en: str
    criteria: list[str]
    bodies: list[str]


class RoutedPersonRead(BaseModel):
    """A member or adviser whose body checks the dossier: as a whole (`leads`), or some kinds of paper."""

    person_id: UUID
    name: str
    post: str
    body_code: str
    leads: bool
    papers: list[str]


class RouteRead(BaseModel):
    """Who checks one dossier."""

    round_id: UUID
    dossier_id: UUID
    product_name: str
    group_path: str
    lead_agencies: list[str]
    bodies: list[str]
    papers: list[RoutedPaperRead]
    people: list[RoutedPersonRead]


class CouncilRoutingRead(BaseModel):
    """Who checks what in the council's planned and open rounds, and the routing it follows."""

    routing: RoutingRead
    dossiers: list[RouteRead]

    @classmethod
    def of(cls, stored: RoutingRow, routes: list[Route]) -> "CouncilRoutingRead":
        """From the use case."""
        return cls(
            routing=RoutingRead.of(stored),
            dossiers=[RouteRead.model_validate(route, from_attributes=True) for route in routes],
        )


class MeetingSet(Wire):
    """A sitting of the council."""

    on: date
    at: time | None = None
    place: Line


class SlotSet(Wire):
    """A dossier in the agenda, in the order of the list; `meeting` counts the meetings from 1."""

    dossier_id: UUID
    meeting: int = Field(1, ge=1, le=20)
    starts_at: time | None = None
    presenter: Line | None = None


class GuestSet(Wire):
    """Somebody invited."""

    name: Line
    body: Line
    person_id: UUID | None = None


class ScheduleSet(Wire):
    """The schedule of a round. `extra`: a round beside those the law fixes, where the charter allows one."""

    extra: bool = False
    proposal_deadline: date | None = None
    copies_sent_on: date | None = None
    advisory_due_on: date | None = None
    meetings: list[MeetingSet] = Field(default_factory=list, max_length=20)
    agenda: list[SlotSet] = Field(default_factory=list, max_length=MOST_DOSSIERS)
    invited: list[GuestSet] = Field(default_factory=list, max_length=200)

    def schedule(self) -> scheduling.Schedule:
        """As the use case knows it."""
        return scheduling.Schedule(
            extra=self.extra,
            proposal_deadline=self.proposal_deadline,
            copies_sent_on=self.copies_sent_on,
            advisory_due_on=self.advisory_due_on,
            meetings=[scheduling.Meeting(m.on, m.at, m.place) for m in self.meetings],
            agenda=[scheduling.Slot(s.dossier_id, s.meeting, s.starts_at, s.presenter) for s in self.agenda],
            invited=[scheduling.Guest(g.name, g.body, g.person_id) for g in self.invited],
        )


class ScheduleRead(ScheduleSet):
    """A schedule as the caller may see it; `warnings` name copies that reach the members too late."""

    round_id: UUID
    version: int
    warnings: list[Gap]

    @classmethod
    def of(cls, seen: SeenSchedule) -> "ScheduleRead":
        """From the use case; before a schedule is set everything is empty and the version 0."""
        row = seen.row
        return cls(
            round_id=seen.round_id,
            version=0 if row is None else row.version,
            extra=False if row is None else row.extra,
            proposal_deadline=None if row is None else row.proposal_deadline,
            copies_sent_on=None if row is None else row.copies_sent_on,
            advisory_due_on=None if row is None else row.advisory_due_on,
            meetings=[] if row is None else [MeetingSet(**meeting) for meeting in row.meetings],
            agenda=[SlotSet(**slot) for slot in seen.agenda],
            invited=[] if row is None else [GuestSet(**guest) for guest in row.invited],
            warnings=[Gap.of(fault) for fault in seen.warnings],
        )


class RoundDossiers(Wire):
    """Dossiers to put into a round, or to take out of it."""

    dossier_ids: list[UUID] = Field(min_length=1, max_length=MOST_DOSSIERS)
