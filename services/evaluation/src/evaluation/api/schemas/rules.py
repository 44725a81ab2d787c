"""Rulesets and sheets as frontends read them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Tag

from evaluation.domain.sheets import Criterion, Group, Option, Part, Sheet
from evaluation.persistence.tables.rules import CharterRow, RulesetRow, SheetRow
from evaluation.use_cases.load_rules import recorded_only_reason
from shared.contracts.roles import Level


class RulesetListed(BaseModel):
    """One version of the rules. `in_use`: a dossier stands on it, so it can no longer change."""

    id: str
    base_id: str
    decision: str
    effective_from: date
    effective_to: date | None
    hash: str
    in_use: bool
    loaded_at: datetime
    superseded_by: str | None

    @classmethod
    def of(cls, row: RulesetRow) -> "RulesetListed":
        """From the stored row."""
        return cls(**_summary(row))


class CameFrom(BaseModel):
    """How a version came in when it was not shipped: the text it was taken from, and when it was published."""

    source: str
    page_reference: str | None
    note: str | None
    imported_at: datetime
    published_at: datetime

    @classmethod
    def of(cls, row: Any) -> "CameFrom | None":
        """From (draft, publication); None for what was shipped."""
        if row is None:
            return None
        draft, publication = row
        return cls(
            source=draft.source,
            page_reference=draft.page_reference,
            note=draft.note,
            imported_at=draft.imported_at,
            published_at=publication.published_at,
        )


class RulesetRead(RulesetListed):
    """A version of the rules with the whole document (`ocop-ruleset/1`)."""

    document: dict[str, Any]
    came_from: CameFrom | None

    @classmethod
    def of(cls, row: RulesetRow, came: Any = None) -> "RulesetRead":
        """From the stored row and (draft, publication)."""
        return cls(**_summary(row), document=row.document, came_from=CameFrom.of(came))


class CharterRead(BaseModel):
    """A council's charter (`ocop-charter/1`); without level and unit any council may take it."""

    id: str
    name_vi: str
    level: Level | None
    unit_code: str | None
    effective_from: date
    effective_to: date | None
    superseded_by: str | None
    hash: str
    in_use: bool
    document: dict[str, Any]
    came_from: CameFrom | None

    @classmethod
    def of(cls, row: CharterRow, came: Any) -> "CharterRead":
        """From the stored row and (draft, publication)."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in ("in_use", "came_from")}
        return cls(**plain, in_use=row.first_used_at is not None, came_from=CameFrom.of(came))


def _summary(row: RulesetRow) -> dict[str, Any]:
    names = ("id", "base_id", "decision", "effective_from", "effective_to", "hash", "loaded_at", "superseded_by")
    return {name: getattr(row, name) for name in names} | {"in_use": row.first_used_at is not None}


class SheetListed(BaseModel):
    """A sheet without its criteria. `recorded_only`: members enter part totals, because of `reason`."""

    id: str
    ruleset: str
    set_no: int
    name_vi: str
    effective_from: date
    effective_to: date | None
    hash: str
    recorded_only: bool
    reason: str | None
    completes: str | None
    superseded_by: str | None


class OptionRead(BaseModel):
    """One row of a criterion. `choice` is what a score sheet says to tick it; `star_floor` the printed mark."""

    choice: int | str
    number: int
    text_vi: str
    points: int
    star_floor: int | None


class AlternativeRead(BaseModel):
    """One case of a criterion that has several; one option of one case is ticked."""

    code: str
    label_vi: str
    options: list[OptionRead]


class CriterionRead(BaseModel):
    """A question of the sheet. `implicit_zero`: choice 0 ("none applies") is allowed."""

    kind: Literal["criterion"] = "criterion"
    code: str
    part: str
    title_vi: str
    title_en: str | None
    max: int
    implicit_zero: bool
    options: list[OptionRead]
    alternatives: list[AlternativeRead]
    min_points_by_star: dict[int, int]
    requires_positive: str | None
    commune_report_item: str | None
    knockouts_vi: list[str]
    requirements_vi: list[str]
    notes_vi: list[str]


class GroupRead(BaseModel):
    """A heading with what is below it."""

    kind: Literal["group"] = "group"
    code: str
    title_vi: str
    title_en: str | None
    max: int
    items: "list[ItemRead]"
    knockouts_vi: list[str]
    notes_vi: list[str]


ItemRead = Annotated[
    Annotated[GroupRead, Tag("group")] | Annotated[CriterionRead, Tag("criterion")], Discriminator("kind")
]


class PartRead(BaseModel):
    """A part of the sheet (A, B, C)."""

    code: str
    name_vi: str
    name_en: str | None
    max: int
    items: list[ItemRead]


class SheetRead(BaseModel):
    """A whole sheet, ready to be shown as a form. `hash` pins the version."""

    id: str
    ruleset: str
    decision: str
    set_no: int
    name_vi: str
    name_en: str | None
    effective_from: date
    effective_to: date | None
    hash: str
    total_max: int
    recorded_only: bool
    reason_vi: str | None
    reason_en: str | None
    disqualify_vi: list[str]
    parts: list[PartRead]
    completes: str | None
    superseded_by: str | None
    came_from: CameFrom | None

    @classmethod
    def of(cls, sheet: Sheet, row: SheetRow, came: Any = None) -> "SheetRead":
        """From the parsed sheet, its row, and (draft, publication)."""
        reason_vi, reason_en = recorded_only_reason(sheet) if sheet.recorded_only else (None, None)
        return cls(
            id=sheet.code,
            ruleset=row.ruleset_id,
            decision=sheet.decision,
            set_no=sheet.set_no,
            name_vi=sheet.name_vi,
            name_en=sheet.name_en,
            effective_from=sheet.effective_from,
            effective_to=row.effective_to,
            hash=sheet.content_hash,
            total_max=sheet.total_max,
            recorded_only=sheet.recorded_only,
            reason_vi=reason_vi,
            reason_en=reason_en,
            disqualify_vi=list(sheet.disqualify_vi),
            parts=[_part(part) for part in sheet.parts],
            completes=row.completes,
            superseded_by=row.superseded_by,
            came_from=CameFrom.of(came),
        )


def _part(part: Part) -> PartRead:
    return PartRead(
        code=part.code,
        name_vi=part.name_vi,
        name_en=part.name_en,
        max=part.max,
        items=[_item(item) for item in part.items],
    )


def _item(item: Group | Criterion) -> GroupRead | CriterionRead:
    if isinstance(item, Criterion):
        return _criterion(item)
    return GroupRead(
        code=item.code,
        title_vi=item.title_vi,
        title_en=item.title_en,
        max=item.max,
        items=[_item(below) for below in item.items],
        knockouts_vi=list(item.knockouts_vi),
        notes_vi=list(item.notes_vi),
    )


def _criterion(item: Criterion) -> CriterionRead:
    return CriterionRead(
        code=item.code,
        part=item.part,
        title_vi=item.title_vi,
        title_en=item.title_en,
        max=item.max,
        implicit_zero=item.implicit_zero,
        options=[_option(option, None) for option in item.options],
        alternatives=[
            AlternativeRead(
                code=case.code, label_vi=case.label_vi, options=[_option(option, case.code) for option in case.options]
            )
            for case in item.alternatives
        ],
        min_points_by_star=dict(item.min_points_by_star),
        requires_positive=item.requires_positive,
        commune_report_item=item.commune_report_item,
        knockouts_vi=list(item.knockouts_vi),
        requirements_vi=list(item.requirements_vi),
        notes_vi=list(item.notes_vi),
    )


def _option(option: Option, case: str | None) -> OptionRead:
    return OptionRead(
        choice=option.number if case is None else f"{case}.{option.number}",
        number=option.number,
        text_vi=option.text_vi,
        points=option.points,
        star_floor=option.star_floor,
    )
