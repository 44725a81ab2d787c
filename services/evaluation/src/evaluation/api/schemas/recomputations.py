"""Explanations of results, and recomputations, on the wire."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from evaluation.api.schemas.results import ResultRead
from evaluation.domain.recomputing import FieldDifference, Finding
from evaluation.persistence.tables.recomputations import RecomputationFindingRow, RecomputationRow
from evaluation.use_cases.explain_result import Explained
from evaluation.use_cases.load_rules import recorded_only_reason
from shared.contracts.base import Wire


class VersionRead(BaseModel):
    """A version of law a result rests on. `hash` is the pinned one; `stored` whether that very version is kept here."""

    id: str
    name: str | None
    hash: str
    stored: bool
    effective_from: date | None
    effective_to: date | None


class MemberInput(BaseModel):
    """A member's sheet by seat, as it counted. `total` after rules between criteria."""

    member: str
    choices: dict[str, int | str]
    part_totals: dict[str, int]
    total: int


class FieldRead(BaseModel):
    """One field that comes out otherwise."""

    field: str
    stored: Any
    computed: Any

    @classmethod
    def of(cls, difference: FieldDifference) -> "FieldRead":
        """From the rules."""
        return cls(field=difference.field, stored=difference.stored, computed=difference.computed)


class CheckRead(BaseModel):
    """The result computed again just now; `finding` null: exactly the same."""

    finding: Finding | None
    differences: list[FieldRead]
    reason: str | None


class ExplanationRead(BaseModel):
    """Everything a result rests on.

    `result.steps` gives every rule applied with its article. `members` (by seat, no names) are null for the producer
    and others who may read the result but not its round. `recorded_only_reason` where the sheet is defective at the
    source and only part totals count.
    """

    result: ResultRead
    ruleset: VersionRead
    sheet: VersionRead
    charter: VersionRead
    recorded_only_reason: str | None
    sources: dict[str, str]
    charter_sources: dict[str, str]
    members: list[MemberInput] | None
    agreed: dict[str, int | str]
    knock_outs: list[dict[str, Any]]
    check: CheckRead

    @classmethod
    def of(cls, explained: Explained, language: str) -> "ExplanationRead":
        """From the use case, in the language of the request."""
        result, law = explained.row[0], explained.law
        inputs = result.inputs
        reasons = None if law.sheet is None or not law.sheet.recorded_only else recorded_only_reason(law.sheet)
        members = [
            MemberInput(
                member=entry["member"],
                choices=entry["choices"],
                part_totals=entry["part_totals"],
                total=result.totals[entry["member"]],
            )
            for entry in inputs["score_sheets"]
        ]
        return cls(
            result=ResultRead.of(explained.row, language, totals=False),
            ruleset=_version(result.ruleset_id, result.ruleset_hash, law.ruleset, "decision"),
            sheet=_version(result.sheet_id, result.sheet_hash, law.sheet, "name_vi"),
            charter=_version(result.charter_id, result.charter_hash, law.charter, "name_vi"),
            recorded_only_reason=None if reasons is None else reasons[1 if language == "en" else 0],
            sources={} if law.ruleset is None else dict(law.ruleset.sources),
            charter_sources={} if law.charter is None else dict(law.charter.sources),
            members=members if explained.sees_members else None,
            agreed=inputs["agreed"],
            knock_outs=list(inputs.get("knock_outs", ())),
            check=CheckRead(
                finding=explained.verdict.finding,
                differences=[FieldRead.of(one) for one in explained.verdict.differences],
                reason=explained.verdict.reason,
            ),
        )


def _version(version_id: str, pinned: str, law: Any, name: str) -> VersionRead:
    return VersionRead(
        id=version_id,
        name=None if law is None else getattr(law, name),
        hash=pinned,
        stored=law is not None and law.content_hash == pinned,
        effective_from=None if law is None else law.effective_from,
        effective_to=None if law is None else law.effective_to,
    )


class RecomputationDraft(Wire):
    """Whose results to compute again: those of the province's dossiers, at every level, of all years."""

    province_code: str = Field(min_length=1, max_length=10, examples=["49"])


class RecomputationRead(BaseModel):
    """How far a recomputation is. `total` is null until it has begun; `differing` is expected to be 0.

    `recorded_only` counts by sheet results that rest on part totals, because the sheet is defective at the source.
    """

    id: UUID
    province_code: str
    state: str
    started_by: UUID
    started_at: datetime
    finished_at: datetime | None
    total: int | None
    checked: int
    differing: int
    recorded_only: dict[str, int]

    @classmethod
    def of(cls, row: RecomputationRow) -> "RecomputationRead":
        """From the row."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "state"}
        return cls(**plain, state="running" if row.finished_at is None else "finished")


class FindingRead(BaseModel):
    """One result that did not come out exactly as it is kept."""

    result_id: UUID
    dossier_id: UUID
    kind: Finding
    details: dict[str, Any]

    @classmethod
    def of(cls, row: RecomputationFindingRow) -> "FindingRead":
        """From the row."""
        return cls(result_id=row.result_id, dossier_id=row.dossier_id, kind=Finding(row.kind), details=row.details)
