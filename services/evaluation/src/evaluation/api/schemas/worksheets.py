"""The producer's entry screen on the wire: forms and criteria, each with what was entered and what is missing."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from evaluation.api.schemas.dossiers import Gap
from evaluation.domain.dossier_forms import FORMS, REGISTRATION, field_path
from evaluation.domain.evidence_guidance import papers as guidance
from evaluation.domain.faults import Fault, quoted
from evaluation.domain.rulesets import DossierItem
from evaluation.domain.sheets import Criterion, Group, Option, Part
from evaluation.persistence.tables.evidence import EvidenceRow
from evaluation.use_cases.read_worksheet import Worksheet


class FieldRead(BaseModel):
    """A field of a form: what a draft change names by `section` and `field`, and what it holds now."""

    section: str
    field: str
    vi: str
    en: str
    required: bool
    personal: bool
    value: Any
    faults: list[Gap]


class FormRead(BaseModel):
    """A part of the dossier that this kind must have, in the ruleset's words."""

    code: str
    vi: str
    en: str
    source: str | None
    fields: list[FieldRead]


class OptionRead(BaseModel):
    """An option; `choice` is what a self-score answers to take it."""

    choice: int | str
    text_vi: str
    points: int


class CaseRead(BaseModel):
    """One case of a criterion that has alternatives."""

    code: str
    label_vi: str
    options: list[OptionRead]


class FloorRead(BaseModel):
    """The fewest points a star needs on the criterion, in words; `met` by the present answer (null: none yet)."""

    star: int
    points: int
    vi: str
    en: str
    met: bool | None


class WantedPaper(BaseModel):
    """A paper that usually proves the criterion; `hard`: other law requires it."""

    code: str
    vi: str
    en: str
    weight: Literal["guidance", "hard"]
    source: str | None


class AttachedPaper(BaseModel):
    """A paper attached to the criterion, and whether it holds today and to the next round."""

    id: UUID
    name: str
    expires_on: date | None
    validity: Literal["valid", "expires_before_round", "expired"]


class CriterionRead(BaseModel):
    """A criterion with its options, floors and guidance, and what the producer answered."""

    code: str
    headings_vi: list[str]
    title_vi: str
    title_en: str | None
    max: int
    options: list[OptionRead]
    alternatives: list[CaseRead]
    zero_allowed: bool
    floors: list[FloorRead]
    requires_positive: str | None
    knockouts_vi: list[str]
    requirements_vi: list[str]
    notes_vi: list[str]
    wanted_papers: list[WantedPaper]
    choice: int | str | None
    points: int | None
    note: str | None
    papers: list[AttachedPaper]
    faults: list[Gap]
    warnings: list[Gap]


class PartRead(BaseModel):
    """A part of the sheet with its points so far."""

    code: str
    name_vi: str
    name_en: str | None
    max: int
    points: int
    criteria: list[CriterionRead]


class WorksheetRead(BaseModel):
    """The whole entry screen. `faults` and `warnings` here are those that belong to no field or criterion shown."""

    id: UUID
    version: int
    state: str
    kind: str
    product_name: str
    producer_kind: str
    ruleset: str
    sheet: str
    sheet_name_vi: str
    recorded_only: bool
    round_by: date | None
    total: int
    complete: bool
    forms: list[FormRead]
    parts: list[PartRead]
    faults: list[Gap]
    warnings: list[Gap]

    @classmethod
    def of(cls, found: Worksheet) -> "WorksheetRead":
        """From the dossier and its rules."""
        missing, warned = _Gaps(found.gaps.missing), _Gaps(found.gaps.warnings)
        row, sheet = found.row, found.sheet
        forms = [
            _form(found, item, missing)
            for item in found.ruleset.dossier_contents.get(row.kind, ())
            if item.code != "self_score"
        ]
        parts = [_part(found, part, missing, warned) for part in sheet.parts]
        return cls(
            id=row.id,
            version=row.version,
            state=row.state,
            kind=row.kind,
            product_name=row.product_name,
            producer_kind=row.producer_kind,
            ruleset=found.ruleset.id,
            sheet=sheet.code,
            sheet_name_vi=sheet.name_vi,
            recorded_only=sheet.recorded_only,
            round_by=found.round_by,
            total=row.self_score.get("total", 0),
            complete=found.gaps.complete,
            forms=forms,
            parts=parts,
            faults=missing.rest(),
            warnings=warned.rest(),
        )


class _Gaps:
    """Faults by path; what no field or criterion took is the rest."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._by_path: dict[str, list[Gap]] = {}
        for fault in faults:
            self._by_path.setdefault(fault.path, []).append(Gap.of(fault))

    def take(self, *paths: str) -> list[Gap]:
        return [gap for path in paths for gap in self._by_path.pop(path, [])]

    def rest(self) -> list[Gap]:
        return [gap for gaps in self._by_path.values() for gap in gaps]


def _form(found: Worksheet, item: DossierItem, missing: _Gaps) -> FormRead:
    section = item.code if item.code in FORMS else REGISTRATION
    required = item.fields if item.code in FORMS else (item.code,)
    row = found.row
    values = row.registration_form if section == REGISTRATION else row.self_assessment.get(section, {})
    asked = [name for name in FORMS[section] if name in required or name in item.optional]
    return FormRead(
        code=item.code,
        vi=item.text_vi,
        en=item.text_en,
        source=item.ref,
        fields=[
            FieldRead(
                section=section,
                field=name,
                vi=FORMS[section][name].vi,
                en=FORMS[section][name].en,
                required=name in required,
                personal=FORMS[section][name].personal,
                value=values.get(name),
                faults=missing.take(field_path(section, name)),
            )
            for name in asked
        ],
    )


def _part(found: Worksheet, part: Part, missing: _Gaps, warned: _Gaps) -> PartRead:
    headings = _headings(part.items, [])
    return PartRead(
        code=part.code,
        name_vi=part.name_vi,
        name_en=part.name_en,
        max=part.max,
        points=found.row.self_score.get("parts", {}).get(part.code, 0),
        criteria=[
            _criterion(found, criterion, headings[criterion.code], missing, warned)
            for criterion in found.sheet.criteria
            if criterion.part == part.code
        ],
    )


def _headings(items: Sequence[Group | Criterion], above: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in items:
        if isinstance(item, Group):
            found |= _headings(item.items, [*above, item.title_vi])
        else:
            found[item.code] = above
    return found


def _criterion(
    found: Worksheet, criterion: Criterion, headings: list[str], missing: _Gaps, warned: _Gaps
) -> CriterionRead:
    score = found.row.self_score
    points = score.get("points", {}).get(criterion.code)
    paths = (quoted("self_score.choices", criterion.code), quoted("evidence", criterion.code))
    return CriterionRead(
        code=criterion.code,
        headings_vi=headings,
        title_vi=criterion.title_vi,
        title_en=criterion.title_en,
        max=criterion.max,
        options=[_option(option) for option in criterion.options],
        alternatives=[
            CaseRead(
                code=case.code, label_vi=case.label_vi, options=[_option(option, case.code) for option in case.options]
            )
            for case in criterion.alternatives
        ],
        zero_allowed=criterion.implicit_zero,
        floors=[_floor(criterion, star, needs, points) for star, needs in criterion.min_points_by_star.items()],
        requires_positive=criterion.requires_positive,
        knockouts_vi=list(criterion.knockouts_vi),
        requirements_vi=list(criterion.requirements_vi),
        notes_vi=list(criterion.notes_vi),
        wanted_papers=[
            WantedPaper(code=paper.code, vi=paper.vi, en=paper.en, weight=paper.weight.value, source=paper.ref)
            for paper in guidance()
            if paper.serves(found.sheet, criterion)
        ],
        choice=score.get("choices", {}).get(criterion.code),
        points=points,
        note=score.get("notes", {}).get(criterion.code),
        papers=[_paper(found, paper) for paper in found.papers if criterion.code in paper.criteria],
        faults=missing.take(*paths),
        warnings=warned.take(*paths),
    )


def _option(option: Option, case: str | None = None) -> OptionRead:
    choice: int | str = f"{case}.{option.number}" if case else option.number
    return OptionRead(choice=choice, text_vi=option.text_vi, points=option.points)


def _floor(criterion: Criterion, star: int, needs: int, points: int | None) -> FloorRead:
    every = [*criterion.options, *(option for case in criterion.alternatives for option in case.options)]
    enough = min((option for option in every if option.points >= needs), key=lambda option: option.points, default=None)
    words = f": {enough.text_vi}" if enough else ""
    return FloorRead(
        star=star,
        points=needs,
        vi=f"Từ {star} sao cần ít nhất {needs} điểm{words}",
        en=f"{star} stars and above need at least {needs} points{words}",
        met=None if points is None else points >= needs,
    )


def _paper(found: Worksheet, paper: EvidenceRow) -> AttachedPaper:
    validity: Literal["valid", "expires_before_round", "expired"] = "valid"
    if paper.expires_on is not None and paper.expires_on < found.today:
        validity = "expired"
    elif paper.expires_on is not None and found.round_by is not None and paper.expires_on < found.round_by:
        validity = "expires_before_round"
    return AttachedPaper(id=paper.id, name=paper.name, expires_on=paper.expires_on, validity=validity)
