"""The scoring function: (ruleset, sheet, charter, score sheets) to a result with the reason for every step.

Knock-outs first; then the exact mean of the members' totals, its band, and the star floors. Nothing is
rounded but for display. Pure: the same inputs give the same result years later, which is why the result
carries the three hashes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.domain.charters import Charter, FloorTest
from evaluation.domain.choices import Choice, MemberPoints, ScoreSheet, read_agreed, read_score_sheets
from evaluation.domain.documents import Faults
from evaluation.domain.explanations import (
    KnockOut,
    Step,
    agreed_steps,
    band_step,
    decimal_text,
    dependency_steps,
    divergence_step,
    floor_steps,
    knock_out_step,
    mean_step,
    star_step,
)
from evaluation.domain.faults import Fault, ScoreError
from evaluation.domain.floors import FloorMiss, fall_back, find_misses
from evaluation.domain.rulesets import Band, FloorEffect, Ruleset, find_band
from evaluation.domain.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Result:
    """What the score sheets come to.

    `mean`, `parts` and `criteria` (means by code, empty on a recorded-only sheet) are exact; `mean_decimal`
    is for display. `band` is the star of the band, `star` the final one: None when knocked out, and then
    `mean` and `band` are None too if nobody scored. `divergence` is the spread of members' totals, `diverges`
    whether the charter's limit is passed. `recognised` says whether a recognition decision follows from
    `star`.
    """

    ruleset_hash: str
    sheet_hash: str
    charter_hash: str
    mean: Fraction | None
    mean_decimal: str | None
    parts: Mapping[str, Fraction]
    criteria: Mapping[str, Fraction]
    totals: Mapping[str, int]
    divergence: int | None
    diverges: bool
    band: int | None
    star: int | None
    recognised: bool
    knocked_out: bool
    floors_missed: tuple[FloorMiss, ...]
    steps: tuple[Step, ...]


def fit_faults(ruleset: Ruleset, sheet: Sheet) -> list[Fault]:
    """Why a sheet cannot be scored under a ruleset: not one of its sheets, other parts, floors of unknown
    stars.
    """
    faults = Faults()
    if ruleset.sheet_codes and sheet.printed_code not in ruleset.sheet_codes:
        faults.add(
            "sheet",
            "not_of_ruleset",
            f"bộ tiêu chí {sheet.code} không thuộc {ruleset.decision}",
            f"sheet {sheet.code} does not belong to {ruleset.id}",
        )
    parts = {part.code: part.max for part in sheet.parts}
    if parts != dict(ruleset.parts):
        faults.add(
            "sheet",
            "parts_differ",
            f"điểm các phần {parts} khác quy định {dict(ruleset.parts)}",
            f"parts {parts} differ from the ruleset's {dict(ruleset.parts)}",
        )
    recognised = {band.star for band in ruleset.bands if band.recognised}
    for criterion in sheet.floor_criteria:
        strange = sorted(set(criterion.min_points_by_star) - recognised)
        if strange:
            faults.add(
                "sheet",
                "unknown_star",
                f"tiêu chí {criterion.code} có mức sàn cho hạng không được công nhận: {strange}",
                f"criterion {criterion.code} has floors for stars that are not recognised: {strange}",
            )
    return faults


def score(
    ruleset: Ruleset,
    sheet: Sheet,
    charter: Charter,
    score_sheets: Sequence[ScoreSheet],
    *,
    agreed: Mapping[str, Choice] | None = None,
    knock_outs: Sequence[KnockOut] = (),
) -> Result:
    """The result of a council.

    `agreed` holds the council's option for each criterion with a floor, in the syntax of a choice; needed
    where the charter tests floors by agreement and floors have an effect. With `knock_outs`, `score_sheets`
    may be empty. Raises ScoreError listing every fault of every score sheet.
    """
    faults = Faults(fit_faults(ruleset, sheet))
    members = read_score_sheets(sheet, score_sheets, faults)
    if not members and not knock_outs:
        faults.add("score_sheets", "missing", "chưa có phiếu chấm nào", "there is no score sheet")
    tested = ruleset.floor_effect is not FloorEffect.NONE and not sheet.recorded_only and not knock_outs
    by_agreement = tested and charter.floor_test is FloorTest.AGREED
    agreed_points: dict[str, int] = {}
    if not sheet.recorded_only:
        agreed_points = read_agreed(sheet, agreed or {}, sheet.floor_criteria if by_agreement else (), faults)
    if faults:
        raise ScoreError(faults)

    steps = [knock_out_step(ruleset, knock_out) for knock_out in knock_outs]
    if not members:
        return _result(ruleset, sheet, charter, members, steps)
    band = _rank(ruleset, sheet, charter, members, steps)
    if knock_outs:
        return _result(ruleset, sheet, charter, members, steps, band=band)
    misses = find_misses(sheet, charter.floor_test, members, agreed_points, band.star) if tested else ()
    capped = ruleset.floor_effect is FloorEffect.CAP
    star = fall_back(ruleset.bands, band.star, misses) if capped else band.star
    if by_agreement:
        steps += agreed_steps(charter, sheet, members, agreed_points)
    steps += floor_steps(ruleset, sheet, charter, misses)
    steps.append(star_step(ruleset, band, star, misses))
    return _result(ruleset, sheet, charter, members, steps, band=band, star=star, misses=misses)


def _rank(ruleset: Ruleset, sheet: Sheet, charter: Charter, members: Sequence[MemberPoints], steps: list[Step]) -> Band:
    """The band of the exact mean; the steps that lead there are appended."""
    totals = [member.total for member in members]
    steps += dependency_steps(ruleset, sheet, members)
    steps.append(mean_step(ruleset, sheet, charter, sum(totals), len(totals)))
    if charter.diverges(totals):
        steps.append(divergence_step(charter, max(totals) - min(totals)))
    mean = Fraction(sum(totals), len(totals))
    band, between = find_band(ruleset, mean)
    steps.append(band_step(ruleset, charter, mean, band, between=between))
    return band


def _result(
    ruleset: Ruleset,
    sheet: Sheet,
    charter: Charter,
    members: Sequence[MemberPoints],
    steps: Sequence[Step],
    *,
    band: Band | None = None,
    star: int | None = None,
    misses: tuple[FloorMiss, ...] = (),
) -> Result:
    count = len(members)
    totals = {member.member: member.total for member in members}
    mean = Fraction(sum(totals.values()), count) if members else None
    return Result(
        ruleset_hash=ruleset.content_hash,
        sheet_hash=sheet.content_hash,
        charter_hash=charter.content_hash,
        mean=mean,
        mean_decimal=None if mean is None else decimal_text(mean, charter.decimals_shown),
        parts={
            part.code: Fraction(sum(member.parts[part.code] for member in members), count)
            for part in sheet.parts
            if members
        },
        criteria={
            criterion.code: Fraction(sum(member.criteria[criterion.code] for member in members), count)
            for criterion in sheet.criteria
            if members and not sheet.recorded_only
        },
        totals=totals,
        divergence=max(totals.values()) - min(totals.values()) if members else None,
        diverges=charter.diverges(totals.values()),
        band=None if band is None else band.star,
        star=star,
        recognised=any(entry.star == star and entry.recognised for entry in ruleset.bands),
        knocked_out=star is None,
        floors_missed=misses,
        steps=tuple(steps),
    )
