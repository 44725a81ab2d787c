"""Imported rules, their publication and what they change, on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from evaluation.domain.rule_diffs import Change
from evaluation.domain.rule_kinds import RuleKind
from evaluation.persistence.tables.rule_drafts import RuleDraftRow, RulePublicationRow
from evaluation.use_cases.compare_rules import Compared
from shared.contracts.base import Wire
from shared.contracts.roles import Level

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class RulesDraft(Wire):
    """A document (`ocop-ruleset/1`, `ocop-criteria-set/1`, `ocop-charter/1`) and where it was taken from.

    A sheet that `completes` a recorded-only one must name the page.
    """

    document: dict[str, Any]
    source: Words = Field(examples=["Công báo số 123+124, ngày 15/3/2023"])
    page_reference: Words | None = Field(None, examples=["Phụ lục III, trang 87-90"])
    note: Words | None = None


class PublicationDraft(Wire):
    """From which day the draft is in force; None: from the day its document says."""

    effective_from: date | None = None


class PublicationRead(BaseModel):
    """A draft in force. `hash` is that of the published document, which says `effective_from`."""

    draft_id: UUID
    kind: RuleKind
    id: str
    hash: str
    effective_from: date
    supersedes: str | None
    published_by: UUID
    published_at: datetime

    @classmethod
    def of(cls, row: RulePublicationRow) -> "PublicationRead":
        """From the row."""
        return cls(
            draft_id=row.draft_id,
            kind=RuleKind(row.kind),
            id=row.rule_id,
            hash=row.hash,
            effective_from=row.effective_from,
            supersedes=row.supersedes,
            published_by=row.published_by,
            published_at=row.published_at,
        )


class RuleDraftListed(BaseModel):
    """An imported version. `rule` is its id once published; `draft_id` null after a dry run, which keeps nothing."""

    draft_id: UUID | None
    kind: RuleKind
    rule: str
    name: str
    hash: str
    effective_from: date
    level: Level | None
    unit_code: str | None
    source: str
    page_reference: str | None
    note: str | None
    imported_by: UUID
    imported_at: datetime
    publication: PublicationRead | None

    @classmethod
    def of(cls, row: Any) -> "RuleDraftListed":
        """From (draft, publication)."""
        return cls(**_draft(row[0]), publication=None if row[1] is None else PublicationRead.of(row[1]))


class RuleDraftRead(RuleDraftListed):
    """An imported version with its document."""

    document: dict[str, Any]

    @classmethod
    def of(cls, row: Any) -> "RuleDraftRead":
        """From (draft, publication)."""
        return cls(**RuleDraftListed.of(row).model_dump(), document=row[0].document)


class RulesImported(RuleDraftListed):
    """A document that was found in order. `versions` it makes, oldest first; `missing_sheets` it names, not loaded."""

    dry_run: bool
    versions: list[str]
    missing_sheets: list[str]

    @classmethod
    def made(cls, draft: RuleDraftRow, versions: list[str], missing: list[str], *, dry_run: bool) -> "RulesImported":
        """From the use case."""
        plain = _draft(draft) | ({"draft_id": None} if dry_run else {})
        return cls(**plain, publication=None, dry_run=dry_run, versions=versions, missing_sheets=missing)


def _draft(row: RuleDraftRow) -> dict[str, Any]:
    names = (
        "kind",
        "name",
        "hash",
        "effective_from",
        "level",
        "unit_code",
        "source",
        "page_reference",
        "note",
        "imported_by",
        "imported_at",
    )
    return {name: getattr(row, name) for name in names} | {"draft_id": row.id, "rule": row.rule_id}


class DifferenceRead(BaseModel):
    """One path that differs; `before` is null where added, `after` where removed."""

    path: str
    change: Change
    before: Any
    after: Any


class RemarkRead(BaseModel):
    """What changed for one criterion, in words."""

    criterion: str
    rule: str
    text: str


class RulesCompared(BaseModel):
    """What `id` changes against `against`. `remarks` for sheets only, in the language of the request."""

    id: str
    hash: str
    against: str
    against_hash: str
    same: bool
    differences: list[DifferenceRead]
    remarks: list[RemarkRead]

    @classmethod
    def of(cls, compared: Compared, language: str) -> "RulesCompared":
        """From the use case."""
        return cls(
            id=compared.id,
            hash=compared.hash,
            against=compared.against,
            against_hash=compared.against_hash,
            same=not compared.differences,
            differences=[
                DifferenceRead(path=d.path, change=d.change, before=d.before, after=d.after)
                for d in compared.differences
            ],
            remarks=[
                RemarkRead(criterion=r.criterion, rule=r.rule, text=r.en if language == "en" else r.vi)
                for r in compared.remarks
            ],
        )
