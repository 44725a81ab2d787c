"""Events that registry tells, and the answers of its queries that other services read."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.contracts.base import Event, Wire
from shared.contracts.roles import Level, Role


class PersonAppointed(Event):
    """An appointment began or changed. `valid_to` is the last day, inclusive; None while it is open."""

    type: ClassVar[str] = "registry.person_appointed"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    appointment_id: UUID
    person_id: UUID
    person_name: str
    email: str | None
    role: Role
    level: Level
    unit_code: str
    producer_id: UUID | None = None
    valid_from: date
    valid_to: date | None
    revision: int


class ProductRegistered(Event):
    """A product takes part in the programme of `year`. Baseline: đồng in the 12 months before it joined OCOP."""

    type: ClassVar[str] = "registry.product_registered"
    subscribers: ClassVar[tuple[str, ...]] = ("commerce", "notifier")

    product_id: UUID
    producer_id: UUID
    product_name: str
    producer_name: str
    year: int
    group_path: str
    commune_code: str
    district_code: str | None
    province_code: str
    baseline_revenue: int
    baseline_profit: int
    baseline_on: date
    revision: int


class PlanPublished(Event):
    """The yearly plan is in force."""

    type: ClassVar[str] = "registry.plan_published"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    plan_id: UUID
    year: int
    province_code: str
    title: str


class DeadlineSet(Event):
    """A duty of the plan with its date, one event per unit that has it.

    `fulfilled_by` is the type of the event that meets the duty when it names the same unit (and `period`).
    `due_on` is inclusive: the duty is late from the next day 00:00 in Vietnam.
    """

    type: ClassVar[str] = "registry.deadline_set"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    deadline_id: UUID
    plan_id: UUID
    year: int
    code: str
    title: str
    source: str
    due_on: date
    period: str
    unit_code: str
    unit_name: str
    level: Level
    responsible: Role
    superior: Role
    superior_unit_code: str
    fulfilled_by: str
    revision: int


class UnitReportSubmitted(Event):
    """A unit sent its periodic report or held its review meeting (plan section III.2, V.11)."""

    type: ClassVar[str] = "registry.unit_report_submitted"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    report_id: UUID
    unit_code: str
    year: int
    period: str
    code: str


class CertificateIssued(Event):
    """A recognised product got its certificate. `valid_to` is the last day it may carry its star."""

    type: ClassVar[str] = "registry.certificate_issued"
    subscribers: ClassVar[tuple[str, ...]] = ("evaluation", "commerce", "notifier")

    certificate_id: UUID
    product_id: UUID
    producer_id: UUID
    dossier_id: UUID | None
    product_code: str
    product_name: str
    star: int
    decision_number: str
    issued_on: date
    valid_to: date
    commune_code: str
    district_code: str | None
    province_code: str
    year: int


class CertificateEnded(Event):
    """A certificate expired, was revoked, or was replaced by a later one."""

    type: ClassVar[str] = "registry.certificate_ended"
    subscribers: ClassVar[tuple[str, ...]] = ("commerce", "notifier")

    certificate_id: UUID
    product_id: UUID
    ended_on: date
    reason: Literal["expired", "revoked", "replaced"]


class ProductSummary(Wire):
    """What another service needs to know of a product when it takes it up (GET /products/{id}/summary)."""

    product_id: UUID
    producer_id: UUID
    product_name: str
    producer_name: str
    producer_kind: str
    group_path: str
    set_no: int
    year: int
    commune_code: str
    commune_name: str
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str
    live_certificate_valid_to: date | None
    last_certificate_valid_to: date | None = None
    """Printed last day of the latest certificate, whether or not it still holds."""


class CertificateSummary(Wire):
    """A certificate for whoever acts on it later (GET /certificates/{id}/summary).

    `decided_by` is the body as it was; the units are those of today that its place has become, whose duties they are.
    `holds_until` is the last day it holds, grace and ending counted in.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    certificate_id: UUID
    product_id: UUID
    producer_id: UUID
    dossier_id: UUID | None
    product_name: str
    product_code: str
    star: int
    decision_number: str
    decided_by: str
    issued_on: date
    valid_to: date
    holds_until: date
    ended_reason: str | None
    commune_code: str
    commune_name: str
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str


class UnitSuccessor(Wire):
    """What a unit became part of, from its first day on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    since: date = Field(alias="from")


class UnitSummary(Wire):
    """An administrative unit as it was on a date (GET /units/{code}?on=). Fields that are not read here are ignored.

    `valid_to` is the last day, inclusive; `district_code` is None where there is no district level.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    name: str
    full_name: str
    level: Level
    parent_code: str | None
    province_code: str | None
    district_code: str | None
    valid_from: date
    valid_to: date | None
    successors: tuple[UnitSuccessor, ...] = ()
