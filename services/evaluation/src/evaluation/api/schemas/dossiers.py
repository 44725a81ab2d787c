"""Dossiers on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from evaluation.api.schemas.choices import MOST_CRITERIA, Choices, CriterionCode
from evaluation.api.schemas.dossier_forms import HiddenForms, Line, Prose, RegistrationForm, SelfAssessment
from evaluation.domain.access import sees_personal_data
from evaluation.domain.completeness import Completeness
from evaluation.domain.faults import Fault
from evaluation.domain.repair_items import ItemKind
from evaluation.persistence.dossiers import DossierView
from shared.auth.actors import Actor
from shared.contracts.base import Wire
from shared.contracts.evaluation import DossierKind
from shared.contracts.roles import Level


def _client_id(value: UUID) -> UUID:
    if value.version not in (4, 7):
        raise ValueError("an id made by a client is a UUID of version 4 or 7")
    return value


ClientId = Annotated[UUID, AfterValidator(_client_id)]


class DossierDraft(Wire):
    """Begin a dossier. `id` may be the client's own, for entry without network."""

    id: ClientId | None = None
    product_id: UUID
    kind: DossierKind
    from_dossier_id: UUID | None = Field(None, description="an earlier dossier of the product to carry over from")


class SelfScore(Wire):
    """Form 02 part III: a choice and a note per criterion; `part_totals` on a recorded-only sheet."""

    choices: Choices = Field(default_factory=dict)
    notes: Annotated[dict[CriterionCode, Prose], Field(max_length=MOST_CRITERIA)] = Field(default_factory=dict)
    part_totals: Annotated[dict[CriterionCode, Annotated[int, Field(ge=0, le=1000)]], Field(max_length=10)] = Field(
        default_factory=dict
    )


class SelfScoreRead(BaseModel):
    """The self-score with its points by criterion and part, and their total. Empty before the first save."""

    choices: dict[str, int | str] = {}
    notes: dict[str, str] = {}
    part_totals: dict[str, int] = {}
    points: dict[str, int] = {}
    parts: dict[str, int] = {}
    total: int = 0


class EvidenceRead(BaseModel):
    """A paper of the dossier. The file itself: GET evidence-files/{file_sha256}."""

    id: UUID
    file_sha256: str
    kind: str
    size: int
    name: str
    criteria: list[str]
    issuer: str | None
    number: str | None
    issued_on: date | None
    expires_on: date | None
    version: int


class RepairItemRead(BaseModel):
    """One item of a dossier that an official found right or faulty."""

    kind: ItemKind
    ref: str
    ok: bool = False
    reason: str | None = None


class ReturnRead(BaseModel):
    """Why the dossier was once returned."""

    level: Level
    reasons: str
    returned_on: date
    items: list[RepairItemRead] = []
    due_on: date | None = None
    repaired_on: date | None = None


class ReportItemRead(BaseModel):
    """One item of the commune's report."""

    item: str
    claim: str
    observed: str


class Attendee(Wire):
    """Somebody at the commune's meeting, with his opinion."""

    name: Line
    position: Line | None = None
    body: Line
    opinion: Prose


class CommuneMeeting(Wire):
    """The meeting the chair may call before the report."""

    held_on: date
    attendees: list[Attendee] = Field(min_length=1, max_length=50)


class CommuneReportRead(BaseModel):
    """The commune's report."""

    items: list[ReportItemRead]
    conclusion: str
    reported_on: date
    meeting: CommuneMeeting | None = None


class DossierListed(BaseModel):
    """A dossier in a list."""

    id: UUID
    product_id: UUID
    producer_id: UUID
    product_name: str
    producer_name: str
    kind: DossierKind
    state: str
    level: Level | None
    ruleset: str
    sheet: str
    commune_code: str
    commune_name: str
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str
    year: int
    filed_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int


class DossierRead(DossierListed):
    """A whole dossier. `hidden` names the personal fields that the reader's office does not need."""

    ruleset_hash: str | None
    sheet_hash: str | None
    refiled_on: date | None
    registration_form: RegistrationForm
    self_assessment: SelfAssessment
    hidden: list[str]
    self_score: SelfScoreRead
    evidence: list[EvidenceRead]
    returns: list[ReturnRead]
    commune_report: CommuneReportRead | None
    certificate_id: UUID | None
    product_code: str | None
    carried_from: UUID | None
    withdrawn_on: date | None
    withdrawal_reason: str | None

    @classmethod
    def of(cls, view: DossierView, actor: Actor) -> "DossierRead":
        """What this person may see of it."""
        row = view.row
        personal = sees_personal_data(actor, row.producer_id)
        forms = HiddenForms.of(row.registration_form, row.self_assessment, personal=personal)
        same = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(
            **same
            | {
                "ruleset": row.ruleset_id,
                "sheet": row.sheet_id,
                "registration_form": forms.registration_form,
                "self_assessment": forms.self_assessment,
                "hidden": forms.hidden,
                "self_score": SelfScoreRead(**row.self_score),
                "evidence": [EvidenceRead(**paper) for paper in view.evidence],
                "returns": [ReturnRead(**returned) for returned in view.returns],
                "commune_report": CommuneReportRead(**view.commune_report) if view.commune_report else None,
            }
        )


class Gap(BaseModel):
    """One thing missing or worth a look: `field` is its path, `code` stable for programs."""

    code: str
    vi: str
    en: str
    field: str

    @classmethod
    def of(cls, fault: Fault) -> "Gap":
        """From a fault of the rules."""
        return cls(code=fault.code, vi=fault.message_vi, en=fault.message_en, field=fault.path)


class CompletenessRead(BaseModel):
    """Whether a dossier could be filed today, under which rules, and everything that is missing.

    `warnings` do not stop a filing: papers of the guidance that are not there, papers that expired.
    """

    complete: bool
    ruleset: str
    sheet: str
    missing: list[Gap]
    warnings: list[Gap]

    @classmethod
    def of(cls, ruleset: str, sheet: str, found: Completeness) -> "CompletenessRead":
        """From what the rules found."""
        return cls(
            complete=found.complete,
            ruleset=ruleset,
            sheet=sheet,
            missing=[Gap.of(fault) for fault in found.missing],
            warnings=[Gap.of(fault) for fault in found.warnings],
        )


class ReportItemDraft(Wire):
    """What the producer claims on an item and what the commune observes. `item` is the ruleset's wording."""

    item: Line
    claim: Prose
    observed: Prose


class CommuneReportDraft(Wire):
    """The commune's report (Form 03): each item of the ruleset once; no points."""

    items: list[ReportItemDraft] = Field(min_length=1, max_length=20)
    conclusion: Prose
    meeting: CommuneMeeting | None = None


class RepairItem(Wire):
    """What to repair: a field path, a criterion's code or a paper's id, and why."""

    kind: ItemKind
    ref: Line
    reason: Prose


class ReturnDraft(Wire):
    """Why the dossier goes back to its producer, item by item, and by when (inclusive) it is awaited."""

    reasons: Prose
    items: list[RepairItem] = Field(default_factory=list, max_length=200)
    due_on: date | None = None


class WithdrawalDraft(Wire):
    """Why the producer takes the dossier back."""

    reason: Prose


class FilingWindowDraft(Wire):
    """The last day, inclusive, on which a unit takes in dossiers of a year, and the document that says so."""

    unit_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]
    year: Annotated[int, Field(ge=2018, le=2100)]
    closes_on: date
    source: Line


class FilingWindowRead(BaseModel):
    """A filing window."""

    id: UUID
    unit_code: str
    year: int
    closes_on: date
    source: str
    version: int

    @classmethod
    def of(cls, row: Any) -> "FilingWindowRead":
        """From the stored row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


DossierState = Literal[
    "draft",
    "filed",
    "returned",
    "reported",
    "in_round",
    "scored",
    "forwarded",
    "recognised",
    "not_recognised",
    "withdrawn",
]
