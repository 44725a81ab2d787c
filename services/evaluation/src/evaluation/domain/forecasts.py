"""What star a self-score would get, what stands in its way, and the cheapest way to the next one.

A forecast, not a result: it takes the producer's own choices as if a council of one had made them, and an answer that
is still missing as 0 points.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from evaluation.domain.charters import FloorTest
from evaluation.domain.choices import Choice, MemberPoints, read_self_score
from evaluation.domain.documents import Faults
from evaluation.domain.faults import ScoreError
from evaluation.domain.floors import FloorMiss, fall_back, find_misses
from evaluation.domain.next_star import Plan, possible_answers, reach_star
from evaluation.domain.rulesets import FloorEffect, Ruleset, find_band
from evaluation.domain.sheets import Sheet, walk_items


@dataclass(frozen=True, slots=True)
class Forecast:
    """Points by criterion and part, the band they reach, and the star after floors.

    `unanswered` criteria count 0, as do those in `forced`, whose basis is 0. `next_star`: the lowest star above
    `star`, None at the top; `plan`: how to reach it, None where no answers of this sheet do.
    """

    points: Mapping[str, int]
    parts: Mapping[str, int]
    total: int
    band: int
    star: int
    recognised: bool
    unanswered: tuple[str, ...]
    forced: tuple[str, ...]
    floors_missed: tuple[FloorMiss, ...]
    next_star: int | None
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class KnockOutLine:
    """A line of the sheet that takes a product out, at its criterion or group (None: of the whole sheet).

    `at_risk`: whether something in the dossier points that way (our reading: a paper that other law requires is
    missing; no points on the criterion that prints the line). None: nothing here can tell.
    """

    at: str | None
    text_vi: str
    at_risk: bool | None


def forecast(ruleset: Ruleset, sheet: Sheet, choices: Mapping[str, Choice], star: int | None = None) -> Forecast:
    """The forecast of a self-score by criterion, and the way to `star`, or to the next one.

    Raises ScoreError for choices that the sheet does not have.
    """
    faults = Faults()
    read_self_score(sheet, choices, "choices", faults)
    if faults:
        raise ScoreError(faults)
    claimed = {one.code: possible_answers(one, choices.get(one.code))[0].points for one in sheet.criteria}
    forced = [
        one.code
        for one in sheet.criteria
        if one.requires_positive is not None and claimed[one.requires_positive] == 0 < claimed[one.code]
    ]
    points = claimed | dict.fromkeys(forced, 0)
    parts = {part.code: 0 for part in sheet.parts}
    for criterion in sheet.criteria:
        parts[criterion.part] += points[criterion.code]
    member = MemberPoints("self", points, parts, sum(parts.values()), tuple(forced))
    band = find_band(ruleset, Fraction(member.total))[0].star
    tested = ruleset.floor_effect is not FloorEffect.NONE
    misses = find_misses(sheet, FloorTest.EVERY, [member], {}, band) if tested else ()
    now = fall_back(ruleset.bands, band, misses) if ruleset.floor_effect is FloorEffect.CAP else band
    wanted = star if star is not None else next_above(ruleset, now)
    return Forecast(
        points=points,
        parts=parts,
        total=member.total,
        band=band,
        star=now,
        recognised=is_recognised(ruleset, now),
        unanswered=tuple(criterion.code for criterion in sheet.criteria if criterion.code not in choices),
        forced=tuple(forced),
        floors_missed=misses,
        next_star=wanted,
        plan=reach_star(ruleset, sheet, choices, wanted) if wanted is not None else None,
    )


def forecast_parts(ruleset: Ruleset, sheet: Sheet, part_totals: Mapping[str, int]) -> Forecast:
    """The forecast on a sheet of which only the parts are known: neither floors nor a way can be told."""
    parts = {part.code: part_totals.get(part.code, 0) for part in sheet.parts}
    total = sum(parts.values())
    band = find_band(ruleset, Fraction(total))[0].star
    unanswered = tuple(code for code in parts if code not in part_totals)
    above = next_above(ruleset, band)
    return Forecast({}, parts, total, band, band, is_recognised(ruleset, band), unanswered, (), (), above, None)


def next_above(ruleset: Ruleset, star: int) -> int | None:
    """The lowest star of the bands above `star`."""
    return min((band.star for band in ruleset.bands if band.star > star), default=None)


def is_recognised(ruleset: Ruleset, star: int) -> bool:
    """Whether a recognition decision follows from the star."""
    return any(band.star == star and band.recognised for band in ruleset.bands)


def knock_out_lines(
    sheet: Sheet, points: Mapping[str, int], answered: Collection[str], *, paper_missing: bool | None
) -> list[KnockOutLine]:
    """Every line of the sheet that takes a product out. `paper_missing`: a required paper lacks (None: unknown)."""
    lines = [KnockOutLine(None, text, paper_missing) for text in sheet.disqualify_vi]
    by_code = {criterion.code for criterion in sheet.criteria}
    for part in sheet.parts:
        for item in walk_items(part.items):
            none_claimed = points.get(item.code, 0) == 0 if item.code in answered and item.code in by_code else None
            lines += [KnockOutLine(item.code, text, none_claimed) for text in item.knockouts_vi]
    return lines
