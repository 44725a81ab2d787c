"""Events that evaluation tells."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.roles import Level

DossierKind = Literal["first", "upgrade", "renewal"]
Outcome = Literal["recognised", "forwarded", "not_recognised", "evaluated_again"]


class DossierFiled(Event):
    """A complete dossier was filed; `ruleset` is frozen from here on (26/2026 Art. 12.2: the filing date decides)."""

    type: ClassVar[str] = "evaluation.dossier_filed"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    dossier_id: UUID
    product_id: UUID
    producer_id: UUID
    product_name: str
    kind: DossierKind
    ruleset: str
    sheet: str
    year: int
    commune_code: str
    district_code: str | None
    province_code: str
    filed_on: date
    certificate_kept_to: date | None = None
    """A renewal that could not meet its window keeps the certificate until its result, at most to this day."""


class DossierReturned(Event):
    """The officials of a level returned a dossier for repair, with reasons; `due_on` (inclusive) where they set one."""

    type: ClassVar[str] = "evaluation.dossier_returned"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    dossier_id: UUID
    producer_id: UUID
    product_name: str
    reasons: str
    commune_code: str
    level: Level = Level.COMMUNE
    due_on: date | None = None


class DossierWithdrawn(Event):
    """The producer took a filed dossier back; nobody owes anything on it any more."""

    type: ClassVar[str] = "evaluation.dossier_withdrawn"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    dossier_id: UUID
    product_id: UUID
    producer_id: UUID
    product_name: str
    commune_code: str
    district_code: str | None
    province_code: str
    year: int
    withdrawn_on: date
    reason: str


class ReportDue(Event):
    """The commune must report on a dossier by `due_on` (inclusive); None where the ruleset sets no clock."""

    type: ClassVar[str] = "evaluation.report_due"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    dossier_id: UUID
    product_name: str
    commune_code: str
    commune_name: str
    superior_unit_code: str
    superior_level: Level
    year: int
    due_on: date | None
    source: str


class CommuneReportSent(Event):
    """The commune sent its report on the four items, with the dossier, to the level above."""

    type: ClassVar[str] = "evaluation.commune_report_sent"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    dossier_id: UUID
    commune_code: str
    year: int


class ScoringOpened(Event):
    """A round opened for scoring; each member has sheets to submit by `due_on`."""

    type: ClassVar[str] = "evaluation.scoring_opened"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    round_id: UUID
    level: Level
    unit_code: str
    unit_name: str
    year: int
    due_on: date
    member_ids: tuple[UUID, ...]
    dossiers: int


class SheetSubmitted(Event):
    """A member submitted a score sheet. Carries no scores: scoring is blind until the round closes."""

    type: ClassVar[str] = "evaluation.sheet_submitted"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    round_id: UUID
    dossier_id: UUID
    member_id: UUID
    submitted_at: datetime


class MemberRecused(Event):
    """A member stands aside from a dossier of a round: he owes no sheet on it."""

    type: ClassVar[str] = "evaluation.member_recused"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    round_id: UUID
    dossier_id: UUID
    member_id: UUID


class DossierLeftRound(Event):
    """A dossier left a round before it closed; `because` is returned, taken_out, moved or withdrawn.

    `member_ids`: members who owed a sheet on it (empty before the round opened); `adviser_ids`: heads of the team.
    """

    type: ClassVar[str] = "evaluation.dossier_left_round"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    round_id: UUID
    dossier_id: UUID
    level: Level
    unit_code: str
    year: int
    because: str
    member_ids: tuple[UUID, ...]
    adviser_ids: tuple[UUID, ...]


class RoundScheduled(Event):
    """The secretary set, or moved, the meeting of a round and the day the advisory team reports by.

    `attending`: members, secretary and advisers. `dossier_ids`: those the team has not reported on yet; its heads
    (`adviser_ids`) owe the reports by `advisory_due_on`.
    """

    type: ClassVar[str] = "evaluation.round_scheduled"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    round_id: UUID
    level: Level
    unit_code: str
    unit_name: str
    year: int
    meeting_on: date | None
    place: str | None
    attending: tuple[UUID, ...]
    adviser_ids: tuple[UUID, ...]
    advisory_due_on: date | None
    dossier_ids: tuple[UUID, ...]


class AdvisoryReportSent(Event):
    """A council's advisory team reported on a dossier; `head_ids` are the heads who owed it."""

    type: ClassVar[str] = "evaluation.advisory_report_sent"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    dossier_id: UUID
    council_id: UUID
    round_id: UUID | None
    level: Level
    year: int
    head_ids: tuple[UUID, ...]


class DossierForwarded(Event):
    """A dossier went up to the next level with its result, because its points reached the ruleset's threshold."""

    type: ClassVar[str] = "evaluation.dossier_forwarded"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    dossier_id: UUID
    product_id: UUID
    from_level: Level
    to_level: Level
    mean: str
    year: int
    district_code: str | None
    province_code: str


class StarDecided(Event):
    """The body the ruleset names signed the decision. 1 and 2 stars get no decision and no such event.

    `mean` is an exact fraction such as "275/3"; `code_pattern` and `certificate_months` come from the ruleset.
    """

    type: ClassVar[str] = "evaluation.star_decided"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    decision_id: UUID
    dossier_id: UUID
    product_id: UUID
    producer_id: UUID
    product_name: str
    star: int
    mean: str
    ruleset: str
    level: Level
    decision_number: str
    decided_on: date
    decided_by: str
    certificate_months: int
    code_pattern: str
    commune_code: str
    district_code: str | None
    province_code: str
    year: int


class ResultReleased(Event):
    """The outcome of a dossier at a level is known to its producer, whether a star follows or not.

    `star` is None where the council knocked the dossier out; `mean` too where nobody had scored it.
    """

    type: ClassVar[str] = "evaluation.result_released"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    dossier_id: UUID
    product_id: UUID
    producer_id: UUID
    product_name: str
    level: Level
    star: int | None
    mean: str | None
    year: int
    commune_code: str
    district_code: str | None
    province_code: str
    outcome: Outcome | None = None


class RoundFinished(Event):
    """A unit finished its evaluation of the year: every dossier of its round is decided, forwarded or refused."""

    type: ClassVar[str] = "evaluation.round_finished"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    round_id: UUID
    level: Level
    unit_code: str
    year: int
    finished_on: date
