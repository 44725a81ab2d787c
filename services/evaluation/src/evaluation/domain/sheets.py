"""Scoring sheets (bộ tiêu chí kiêm phiếu đánh giá): parts, groups, criteria and options as data.

Parsed by `sheet_documents.parse_sheet`, immutable, pinned by `content_hash`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.domain.faults import Fault


@dataclass(frozen=True, slots=True)
class Option:
    """One row of a criterion. `number` counts the rows in printed order from 1; `star_floor` is the printed
    mark.
    """

    number: int
    text_vi: str
    points: int
    star_floor: int | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One case of a criterion that applies to either of two kinds of product; a member answers one case."""

    code: str
    label_vi: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the sheet, answered by one option.

    Either `options` or `alternatives` is filled. `implicit_zero`: no row is worth 0, so "none applies" (0)
    may be answered. `min_points_by_star`: the floor of each marked star. `requires_positive`: code of the
    criterion without which this one counts 0 (structure of a story needs a story). `commune_report_item`:
    what the commune reports on.
    """

    code: str
    part: str
    title_vi: str
    title_en: str | None
    max: int
    options: tuple[Option, ...]
    alternatives: tuple[Alternative, ...]
    implicit_zero: bool
    min_points_by_star: Mapping[int, int]
    requires_positive: str | None
    commune_report_item: str | None
    knockouts_vi: tuple[str, ...]
    requirements_vi: tuple[str, ...]
    notes_vi: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with items below it; its maximum is their sum."""

    code: str
    title_vi: str
    title_en: str | None
    max: int
    items: tuple["Group | Criterion", ...]
    knockouts_vi: tuple[str, ...]
    notes_vi: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the sheet (A, B, C) with its maximum."""

    code: str
    name_vi: str
    name_en: str | None
    max: int
    items: tuple[Group | Criterion, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One scoring sheet. `criteria` are those of all parts in printed order.

    `recorded_only`: the criteria are not known well enough to compute with; members enter one total per part.
    `recorded_only_because` says why (sums that do not match, or no criteria at all).
    """

    code: str
    decision: str
    set_no: int
    name_vi: str
    name_en: str | None
    effective_from: date
    effective_to: date | None
    taxonomy_ref: str | None
    total_max: int
    parts: tuple[Part, ...]
    criteria: tuple[Criterion, ...]
    disqualify_vi: tuple[str, ...]
    recorded_only: bool
    recorded_only_because: tuple[Fault, ...]
    content_hash: str
    completes: str | None = None
    """The recorded-only sheet of which this is the whole text, found later at the source; it stands in its place."""

    @property
    def printed_code(self) -> str:
        """The code by which rulesets name the sheet: of a completed one, that of the sheet it completes."""
        return self.completes or self.code

    def criterion(self, code: str) -> Criterion | None:
        """The criterion of this code."""
        return next((criterion for criterion in self.criteria if criterion.code == code), None)

    @property
    def floor_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that carry a star floor, in printed order."""
        return tuple(criterion for criterion in self.criteria if criterion.min_points_by_star)


def walk_items(items: tuple[Group | Criterion, ...]) -> Iterator[Group | Criterion]:
    """Every group and criterion below, in printed order."""
    for item in items:
        yield item
        if isinstance(item, Group):
            yield from walk_items(item.items)
