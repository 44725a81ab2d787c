"""Records of the advisory team on the wire, and the file of a dossier as its council reads it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Row

from evaluation.api.schemas.dossier_forms import Line, Prose
from evaluation.api.schemas.dossiers import DossierRead
from evaluation.api.schemas.reception import CheckedItem
from evaluation.domain.advice import Advice, AdviceKind
from evaluation.persistence.tables.advice import AdvisoryRecordRow
from evaluation.use_cases.read_dossier_file import DossierFile
from shared.auth.actors import Actor
from shared.contracts.base import Wire
from shared.contracts.roles import Level

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Files = Annotated[list[Sha256], Field(max_length=30)]


class VerifiedItem(CheckedItem):
    """An item the team verified; `evidence_kind` as in the guidance (`food_safety`, `environment`, …)."""

    evidence_kind: Line | None = None


class CheckDraft(Wire):
    """Papers and criteria verified, with the outcome of each."""

    kind: Literal["check"]
    on_day: date
    items: Annotated[list[VerifiedItem], Field(min_length=1, max_length=300)]
    remarks: Prose | None = None


class SiteVisitDraft(Wire):
    """A visit to the place of production. Coordinates are degrees (WGS 84); `files` are photos sent before."""

    kind: Literal["site_visit"]
    on_day: date
    place: Line
    people: Annotated[list[Line], Field(min_length=1, max_length=50)]
    observations: Prose
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    files: Files = Field(default_factory=list)


class SamplesDraft(Wire):
    """Samples received."""

    kind: Literal["samples"]
    on_day: date
    count: Annotated[int, Field(ge=1, le=1000)]
    condition: Prose
    received_by: Line
    files: Files = Field(default_factory=list)


class TestRequestDraft(Wire):
    """A test asked for."""

    kind: Literal["test_request"]
    on_day: date
    what: Prose
    laboratory: Line | None = None
    due_on: date | None = None


class TestResultDraft(Wire):
    """The result of a test that was asked for, with its paper."""

    kind: Literal["test_result"]
    on_day: date
    test_request_id: UUID
    outcome: Literal["meets", "fails", "inconclusive"]
    summary: Prose
    number: Line | None = None
    files: Annotated[Files, Field(min_length=1)]


class Finding(Wire):
    """What the team found on one part of the sheet; points only where the charter lets it propose some."""

    part: Line
    finding: Prose
    points: Annotated[int, Field(ge=0, le=1000)] | None = None


class AdvisoryReportDraft(Wire):
    """The team's report to the council."""

    kind: Literal["report"]
    on_day: date
    findings: Annotated[list[Finding], Field(min_length=1, max_length=20)]
    proposal: Prose


AdviceDraft = Annotated[
    CheckDraft | SiteVisitDraft | SamplesDraft | TestRequestDraft | TestResultDraft | AdvisoryReportDraft,
    Field(discriminator="kind"),
]


def advice_of(draft: AdviceDraft) -> Advice:
    """As the rules know it: what is common apart, the rest as content."""
    content = draft.model_dump(mode="json", exclude={"kind", "on_day", "files", "test_request_id"})
    return Advice(
        kind=AdviceKind(draft.kind),
        on_day=draft.on_day,
        content=content,
        files=tuple(dict.fromkeys(getattr(draft, "files", ()))),
        answers=getattr(draft, "test_request_id", None),
    )


class AdviceFileRead(BaseModel):
    """A photo or paper; the content: GET advisory-files/{sha256}."""

    sha256: str
    kind: str
    size: int


class AdviceRead(BaseModel):
    """One record. `content` has the fields of its kind's draft; `test_request_id` names what a result answers."""

    id: UUID
    dossier_id: UUID
    council_id: UUID
    level: Level
    kind: AdviceKind
    on_day: date
    content: dict[str, Any]
    test_request_id: UUID | None
    files: list[AdviceFileRead]
    writer: str
    created_at: datetime

    @classmethod
    def of(cls, row: AdvisoryRecordRow, files: Sequence[dict[str, Any]]) -> "AdviceRead":
        """From the row and its files as JSON."""
        same = {
            name: getattr(row, name)
            for name in (
                "id",
                "dossier_id",
                "council_id",
                "level",
                "kind",
                "on_day",
                "content",
                "writer",
                "created_at",
            )
        }
        return cls(**same, test_request_id=row.answers, files=[AdviceFileRead(**file) for file in files])


class AdviceListRead(BaseModel):
    """Every record on a dossier, oldest first; `report` is the newest report of the highest level."""

    records: list[AdviceRead]
    report: AdviceRead | None
    samples_received: int
    tests_awaited: int

    @classmethod
    def of(cls, rows: Sequence[Row[Any]]) -> "AdviceListRead":
        """From (record, files), oldest first."""
        records = [AdviceRead.of(row[0], row.files) for row in rows]
        answered = {record.test_request_id for record in records if record.test_request_id}
        return cls(
            records=records,
            report=next((record for record in reversed(records) if record.kind is AdviceKind.REPORT), None),
            samples_received=sum(r.content["count"] for r in records if r.kind is AdviceKind.SAMPLES),
            tests_awaited=sum(r.kind is AdviceKind.TEST_REQUEST and r.id not in answered for r in records),
        )


class DossierFileRead(BaseModel):
    """All a council has before it on a dossier. `samples_due` by the ruleset; no score is in it."""

    round_id: UUID
    round_state: str
    attempt: int
    dossier: DossierRead
    advice: AdviceListRead
    samples_due: int

    @classmethod
    def of(cls, file: DossierFile, actor: Actor) -> "DossierFileRead":
        """As this person may see it."""
        return cls(
            round_id=file.round_id,
            round_state=file.round_state,
            attempt=file.attempt,
            dossier=DossierRead.of(file.view, actor),
            advice=AdviceListRead.of(file.advice),
            samples_due=file.samples_due,
        )
