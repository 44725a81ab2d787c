"""The reasons of a result: one step per rule applied, with its legal source, in Vietnamese and English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.domain.charters import Charter, FloorTest
from evaluation.domain.choices import MemberPoints
from evaluation.domain.floors import FloorMiss
from evaluation.domain.rulesets import Band, FloorEffect, Ruleset
from evaluation.domain.sheets import Sheet

FLOOR_TEST_WORDS = {
    FloorTest.AGREED: ("mức Hội đồng thống nhất", "the option the council agreed"),
    FloorTest.MEAN: ("điểm trung bình của các thành viên", "the mean of the members' points"),
    FloorTest.EVERY: ("điểm thấp nhất của một thành viên", "the lowest points of any member"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One rule applied on the way to the result: `rule` is stable for programs, `source` is the article."""

    rule: str
    source: str
    outcome_vi: str
    outcome_en: str


@dataclass(frozen=True, slots=True)
class KnockOut:
    """A finding that takes the product out before any ranking, e.g. forged papers; who found it is kept
    elsewhere.
    """

    code: str
    reason_vi: str
    reason_en: str
    source: str | None = None


def decimal_text(value: Fraction, places: int) -> str:
    """A value of 0 or more to `places` decimals, half up; for display only, never for ranking."""
    scale = 10**places
    scaled = (value * scale + Fraction(1, 2)).__floor__()
    whole, rest = divmod(scaled, scale)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def _exact(value: Fraction, places: int) -> tuple[str, str]:
    """A value as an exact number, with its decimals where it is a fraction: Vietnamese and English."""
    if value.denominator == 1:
        return str(value), str(value)
    shown = decimal_text(value, places)
    return f"{value} (≈ {shown.replace('.', ',')})", f"{value} (≈ {shown})"


def knock_out_step(ruleset: Ruleset, knock_out: KnockOut) -> Step:
    """The product is out: nothing further is ranked."""
    return Step(
        "knock_out",
        knock_out.source or ruleset.source("knock_outs"),
        f"Bị loại: {knock_out.reason_vi}",
        f"Knocked out: {knock_out.reason_en}",
    )


def dependency_steps(ruleset: Ruleset, sheet: Sheet, members: Sequence[MemberPoints]) -> list[Step]:
    """One step per criterion that was counted 0 for some members because what it depends on is 0."""
    steps = []
    for criterion in sheet.criteria:
        forced = ", ".join(member.member for member in members if criterion.code in member.forced)
        if forced:
            needed = criterion.requires_positive
            steps.append(
                Step(
                    "requires_positive",
                    ruleset.source("requires_positive"),
                    f"Tiêu chí {criterion.code} tính 0 điểm vì tiêu chí {needed} được 0 điểm ({forced})",
                    f"Criterion {criterion.code} counts 0: criterion {needed} has 0 points ({forced})",
                )
            )
    return steps


def mean_step(ruleset: Ruleset, sheet: Sheet, charter: Charter, total: int, count: int) -> Step:
    """The exact mean of the members' totals."""
    vi, en = _exact(Fraction(total, count), charter.decimals_shown)
    by_vi = " từ tổng điểm từng phần" if sheet.recorded_only else ""
    by_en = " from part totals" if sheet.recorded_only else ""
    return Step(
        "part_totals" if sheet.recorded_only else "mean",
        ruleset.source("part_totals" if sheet.recorded_only else "aggregate"),
        f"Điểm trung bình{by_vi}: {total} điểm / {count} phiếu = {vi}, không làm tròn",
        f"Mean{by_en}: {total} points / {count} score sheets = {en}, not rounded",
    )


def divergence_step(charter: Charter, divergence: int) -> Step:
    """Members differ by more than the charter allows."""
    limit = charter.divergence_limit
    return Step(
        "divergence",
        charter.source("divergence_limit"),
        f"Tổng điểm các thành viên lệch nhau {divergence} điểm, quá {limit} điểm: cần thảo luận và chấm lại",
        f"Members' totals differ by {divergence} points, more than {limit}: discuss and score again",
    )


def band_step(ruleset: Ruleset, charter: Charter, mean: Fraction, band: Band, *, between: bool) -> Step:
    """The star of the band that holds the mean."""
    vi, en = _exact(mean, charter.decimals_shown)
    if between:
        return Step(
            "between_bands",
            ruleset.source("between_bands"),
            f"Điểm {vi} nằm giữa hai khoảng điểm đã ban hành: xếp vào khoảng {band.star} sao",
            f"{en} lies between two printed bands: taken to the {band.star}-star band",
        )
    low = f"{'từ' if band.low_inclusive else 'trên'} {band.low}"
    high = f"{'đến' if band.high_inclusive else 'đến dưới'} {band.high}"
    low_en = f"{'from' if band.low_inclusive else 'above'} {band.low}"
    high_en = f"{'to' if band.high_inclusive else 'to below'} {band.high}"
    return Step(
        "band",
        ruleset.source("bands"),
        f"Điểm {vi} thuộc khoảng {low} {high}: {band.star} sao",
        f"{en} lies in the band {low_en} {high_en}: {band.star} stars",
    )


def agreed_steps(
    charter: Charter, sheet: Sheet, members: Sequence[MemberPoints], agreed: Mapping[str, int]
) -> list[Step]:
    """A remark per criterion where the agreed option lies outside everything the members ticked."""
    steps = []
    for criterion in sheet.floor_criteria:
        points = [member.criteria[criterion.code] for member in members]
        low, high, settled = min(points), max(points), agreed[criterion.code]
        if not low <= settled <= high:
            steps.append(
                Step(
                    "agreed_outside_scores",
                    charter.source("floor_test"),
                    f"Tiêu chí {criterion.code}: Hội đồng thống nhất {settled} điểm, "
                    f"trong khi các thành viên chấm từ {low} đến {high}",
                    f"Criterion {criterion.code}: the council agreed {settled} points, "
                    f"while members gave {low} to {high}",
                )
            )
    return steps


def floor_steps(ruleset: Ruleset, sheet: Sheet, charter: Charter, misses: Sequence[FloorMiss]) -> list[Step]:
    """Each floor missed, or that all are met, or why none could be tested."""
    source = ruleset.source("star_floors")
    if ruleset.floor_effect is FloorEffect.NONE:
        return [Step("star_floors", source, "Không áp dụng mức sàn theo sao", "Star floors are not applied")]
    if sheet.recorded_only:
        return [
            Step(
                "star_floors",
                source,
                "Không xét được mức sàn: phiếu chỉ ghi tổng điểm từng phần",
                "Floors cannot be tested: only part totals are recorded",
            )
        ]
    test_vi, test_en = FLOOR_TEST_WORDS[charter.floor_test]
    source = f"{source}; {charter.source('floor_test')}"
    if not misses:
        return [
            Step(
                "star_floors",
                source,
                f"Đạt mọi mức sàn theo sao (xét {test_vi})",
                f"Every star floor is met (tested: {test_en})",
            )
        ]
    steps = []
    for miss in misses:
        vi, en = _exact(miss.has, charter.decimals_shown)
        steps.append(
            Step(
                "star_floors",
                source,
                f"Tiêu chí {miss.criterion} cần {miss.needs} điểm cho {miss.star} sao, được {vi} ({test_vi})",
                f"Criterion {miss.criterion} needs {miss.needs} for {miss.star} stars, has {en} ({test_en})",
            )
        )
    return steps


def star_step(ruleset: Ruleset, band: Band, star: int, misses: Sequence[FloorMiss]) -> Step:
    """The final star: the band's, or a lower one because of floors; and whether it is recognised."""
    if star < band.star:
        how_vi, how_en = (
            f"hạ từ {band.star} sao do chưa đạt mức sàn",
            f"lowered from {band.star} by missed floors",
        )
    elif misses:
        how_vi, how_en = (
            "giữ theo khoảng điểm, mức sàn chỉ để tham khảo",
            "the band's, floors are advice only",
        )
    else:
        how_vi, how_en = "theo khoảng điểm", "the band's"
    final = next(entry for entry in ruleset.bands if entry.star == star)
    known_vi = "được công nhận" if final.recognised else "không ra quyết định công nhận"
    known_en = "recognised" if final.recognised else "no recognition decision"
    return Step(
        "star",
        ruleset.source("recognition"),
        f"Kết quả: {star} sao ({how_vi}); {known_vi}",
        f"Result: {star} stars ({how_en}); {known_en}",
    )
