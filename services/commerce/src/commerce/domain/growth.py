"""Growth of a product: revenue and profit in the year after its recognition against the time before OCOP.

One pure function from facts to a result with the reason for every step, so that it can be explained and recomputed.
Ratios are exact fractions. Legal source: the rule's own `source` (plan of 2023, section II.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from commerce.domain.periods import add_months
from shared.errors import Text


class GrowthState(StrEnum):
    """How far the measurement of a product is."""

    NOT_RECOGNISED = "not_recognised"
    TOO_EARLY = "too_early"
    WAITING_FOR_FIGURES = "waiting_for_figures"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class GrowthRule:
    """What a plan asks, valid from a day to a day (inclusive). Spans in months, `at_least` as a ratio."""

    code: str
    valid_from: date
    valid_to: date | None
    min_star: int
    after_months: int
    begins_within_months: int
    at_least: Fraction
    source: Text

    def in_force(self, day: date) -> bool:
        """Whether the rule decides about a recognition on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Recognition:
    """A certificate: from when and with how many stars."""

    certificate_id: UUID
    star: int
    issued_on: date
    year: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """Đồng in the 12 months before the product joined OCOP, and the day it was taken."""

    revenue: int
    profit: int
    measured_on: date


@dataclass(frozen=True, slots=True)
class ReportedPeriod:
    """Figures of a product: đồng in whole months, both days inclusive."""

    figures_id: UUID
    period_from: date
    period_to: date
    months: int
    revenue: int
    profit: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the reasoning: what was looked at, what the rule says, what came out."""

    code: str
    outcome: Text


@dataclass(frozen=True, slots=True)
class Growth:
    """The result. `recognition`, `figures`, the ratios and `met` are None as far as they are not known yet."""

    state: GrowthState
    rule: GrowthRule | None
    recognition: Recognition | None
    begins_by: date | None
    figures: ReportedPeriod | None
    revenue_ratio: Fraction | None
    profit_ratio: Fraction | None
    met: bool | None
    steps: tuple[Step, ...]


def measure_growth(
    rules: Sequence[GrowthRule],
    baseline: Baseline,
    recognitions: Sequence[Recognition],
    periods: Sequence[ReportedPeriod],
    today: date,
) -> Growth:
    """Measure one product. The order of `recognitions` and `periods` does not matter."""
    found = first_recognition(rules, recognitions)
    if found is None:
        stars = Text(
            "Sản phẩm chưa được công nhận ở hạng mà kế hoạch tính tăng trưởng.",
            "The product is not recognised at a star from which the plan counts growth.",
        )
        return Growth(
            GrowthState.NOT_RECOGNISED, None, None, None, None, None, None, None, (Step("recognition", stars),)
        )
    rule, recognition = found
    begins_by = add_months(recognition.issued_on, rule.begins_within_months)
    steps = [_recognised(rule, recognition), _window(rule, recognition, begins_by), _compared(baseline)]
    figures = next(
        (
            p
            for p in sorted(periods, key=lambda p: p.period_from)
            if p.months == rule.after_months and recognition.issued_on <= p.period_from <= begins_by
        ),
        None,
    )
    if figures is None:
        due_from = add_months(recognition.issued_on, rule.after_months)
        early = today < due_from
        steps.append(_waiting(due_from, early=early))
        state = GrowthState.TOO_EARLY if early else GrowthState.WAITING_FOR_FIGURES
        return Growth(state, rule, recognition, begins_by, None, None, None, None, tuple(steps))
    revenue_ratio, profit_ratio = (
        ratio(figures.revenue, baseline.revenue),
        ratio(figures.profit, baseline.profit),
    )
    steps.append(_measured("revenue", ("Doanh thu", "Revenue"), figures.revenue, baseline.revenue))
    steps.append(_measured("profit", ("Lợi nhuận", "Profit"), figures.profit, baseline.profit))
    met = verdict(rule, revenue_ratio, profit_ratio)
    steps.append(_target(rule, met))
    return Growth(
        GrowthState.MEASURED,
        rule,
        recognition,
        begins_by,
        figures,
        revenue_ratio,
        profit_ratio,
        met,
        tuple(steps),
    )


def first_recognition(
    rules: Sequence[GrowthRule], recognitions: Sequence[Recognition]
) -> tuple[GrowthRule, Recognition] | None:
    """The earliest certificate whose star counts under the rule in force on its day, with that rule."""
    for recognition in sorted(recognitions, key=lambda r: (r.issued_on, r.certificate_id)):
        for rule in rules:
            if rule.in_force(recognition.issued_on) and recognition.star >= rule.min_star:
                return rule, recognition
    return None


def ratio(value: int, baseline: int) -> Fraction | None:
    """value / baseline, exact; None against zero or a loss, where a larger ratio would not mean more."""
    return Fraction(value, baseline) if baseline > 0 else None


def verdict(rule: GrowthRule, revenue: Fraction | None, profit: Fraction | None) -> bool | None:
    """Whether both reach the target; None when neither fails but one has no ratio."""
    ratios = (revenue, profit)
    if any(r is not None and r < rule.at_least for r in ratios):
        return False
    return None if None in ratios else True


def _recognised(rule: GrowthRule, recognition: Recognition) -> Step:
    return Step(
        "recognition",
        Text(
            f"Công nhận lần đầu ở hạng từ {rule.min_star} sao: {recognition.star} sao,"
            f" ngày {_vi(recognition.issued_on)}.",
            f"First recognised at {rule.min_star} stars or more: {recognition.star} stars on {recognition.issued_on}.",
        ),
    )


def _window(rule: GrowthRule, recognition: Recognition, begins_by: date) -> Step:
    return Step(
        "window",
        Text(
            f"Kỳ so sánh dài {rule.after_months} tháng, bắt đầu từ {_vi(recognition.issued_on)} đến {_vi(begins_by)}.",
            f"The measured period is {rule.after_months} months long and begins between {recognition.issued_on}"
            f" and {begins_by}.",
        ),
    )


def _compared(baseline: Baseline) -> Step:
    return Step(
        "baseline",
        Text(
            f"Trước khi tham gia OCOP (lấy ngày {_vi(baseline.measured_on)}): doanh thu {baseline.revenue} đồng,"
            f" lợi nhuận {baseline.profit} đồng.",
            f"Before OCOP (taken on {baseline.measured_on}): revenue {baseline.revenue} đồng,"
            f" profit {baseline.profit} đồng.",
        ),
    )


def _waiting(due_from: date, *, early: bool) -> Step:
    last = due_from - timedelta(days=1)
    if early:
        text = Text(
            f"Chưa đủ thời gian: kỳ so sánh kết thúc sớm nhất ngày {_vi(last)}.",
            f"Too early: the measured period ends on {last} at the earliest.",
        )
    else:
        text = Text(
            "Chưa có số liệu của kỳ so sánh; chủ thể gửi doanh thu và lợi nhuận, hoặc cấp huyện gửi thay.",
            "No figures of the measured period yet: the producer sends revenue and profit, or the district for it.",
        )
    return Step("figures", text)


def _measured(code: str, names: tuple[str, str], value: int, baseline: int) -> Step:
    exact = ratio(value, baseline)
    if exact is not None:
        vi = f"{names[0]} {value} đồng, gấp {exact} lần trước khi tham gia OCOP."
        en = f"{names[1]} {value} đồng, {exact} of the baseline."
    elif baseline == 0:
        vi = f"{names[0]} {value} đồng; mức trước khi tham gia OCOP bằng 0 nên không tính được tỷ lệ."
        en = f"{names[1]} {value} đồng; the baseline is zero, so there is no ratio."
    else:
        change = value - baseline
        vi = (
            f"{names[0]} {value} đồng; trước khi tham gia OCOP lỗ {-baseline} đồng nên tỷ lệ không có ý nghĩa;"
            f" thay đổi {change:+d} đồng."
        )
        en = (
            f"{names[1]} {value} đồng; the baseline was a loss of {-baseline} đồng, so a ratio has no meaning;"
            f" the change is {change:+d} đồng."
        )
    return Step(code, Text(vi, en))


def _target(rule: GrowthRule, met: bool | None) -> Step:
    outcome = {
        True: ("đạt", "met"),
        False: ("chưa đạt", "not met"),
        None: ("không kết luận được vì thiếu một tỷ lệ", "open, because one ratio is missing"),
    }[met]
    return Step(
        "target",
        Text(
            f"Mục tiêu: cả doanh thu và lợi nhuận ít nhất {rule.at_least} lần. Kết quả: {outcome[0]}.",
            f"Target: both revenue and profit at least {rule.at_least} of the baseline. Result: {outcome[1]}.",
        ),
    )


def _vi(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
