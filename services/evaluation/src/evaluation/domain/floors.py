"""Star floors (mức sàn theo sao): the fewest points a criterion needs for a star, on a split council."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.domain.charters import FloorTest
from evaluation.domain.choices import MemberPoints
from evaluation.domain.rulesets import Band
from evaluation.domain.sheets import Criterion, Sheet


@dataclass(frozen=True, slots=True)
class FloorMiss:
    """A criterion that has fewer points than a star needs. `has` is exact: a mean may be a fraction."""

    criterion: str
    star: int
    needs: int
    has: Fraction


def find_misses(
    sheet: Sheet,
    floor_test: FloorTest,
    members: Sequence[MemberPoints],
    agreed: Mapping[str, int],
    band_star: int,
) -> tuple[FloorMiss, ...]:
    """The floors missed among those marked for stars up to `band_star`, in printed order.

    A floor marked for a lower star binds the higher ones too, so it is enough to look at the marks
    themselves.
    """
    misses = []
    for criterion in sheet.floor_criteria:
        has = _standing(criterion, floor_test, members, agreed)
        for star, needs in criterion.min_points_by_star.items():
            if star <= band_star and has < needs:
                misses.append(FloorMiss(criterion.code, star, needs, has))
    return tuple(misses)


def fall_back(bands: Sequence[Band], band_star: int, misses: Sequence[FloorMiss]) -> int:
    """The highest star of the bands, not above `band_star`, of which no floor (its own or a lower star's) is
    missed.
    """
    lowest_missed = min((miss.star for miss in misses), default=None)
    if lowest_missed is None:
        return band_star
    stars = [band.star for band in bands if band.star <= band_star]
    return max((star for star in stars if star < lowest_missed), default=min(stars))


def _standing(
    criterion: Criterion, floor_test: FloorTest, members: Sequence[MemberPoints], agreed: Mapping[str, int]
) -> Fraction:
    if floor_test is FloorTest.AGREED:
        return Fraction(agreed[criterion.code])
    points = [member.criteria[criterion.code] for member in members]
    return Fraction(min(points)) if floor_test is FloorTest.EVERY else Fraction(sum(points), len(points))
