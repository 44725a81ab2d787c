"""Figures and growth over HTTP."""

from datetime import date, datetime
from fractions import Fraction
from typing import Self
from uuid import UUID

from pydantic import Field

from commerce.api.schemas.base import Day, Dong, Prose, Read, SignedDong
from commerce.domain.growth import Growth, GrowthState
from commerce.persistence.figures import GrowthFacts
from shared.contracts.base import Wire
from shared.http.language import language


class FiguresDraft(Wire):
    """Đồng of a product in whole months, both days inclusive. A loss is a negative profit."""

    product_id: UUID
    period_from: Day
    period_to: Day
    revenue: Dong
    profit: SignedDong


class FiguresCorrection(Wire):
    """What changes, and why. What is left out stays."""

    period_from: Day | None = None
    period_to: Day | None = None
    revenue: Dong | None = None
    profit: SignedDong | None = None
    reason: Prose


class FiguresRead(Read):
    """Reported figures. `on_behalf`: by the district's secretary; `reported_at` is when they came first."""

    id: UUID
    product_id: UUID
    product_name: str
    producer_id: UUID
    period_from: date
    period_to: date
    months: int
    revenue: int
    profit: int
    on_behalf: bool
    reported_at: datetime = Field(validation_alias="created_at")
    version: int


class GrowthRuleRead(Read):
    """The rule that decides: which star, how long a period, beginning how long after recognition, the target."""

    code: str
    min_star: int
    after_months: int
    begins_within_months: int
    at_least: str
    source: str


class BaselineRead(Read):
    """Đồng in the 12 months before the product joined OCOP."""

    revenue: int
    profit: int
    measured_on: date


class StepRead(Read):
    """One step of the reasoning, in the caller's language."""

    rule: str
    source: str | None
    outcome: str


class GrowthRead(Read):
    """The growth of a product with its reasoning. Ratios are exact fractions; null where they have no meaning."""

    product_id: UUID
    product_name: str
    state: GrowthState
    rule: GrowthRuleRead | None
    recognised_on: date | None
    star: int | None
    year: int | None
    baseline: BaselineRead
    figures_id: UUID | None
    period_from: date | None
    period_to: date | None
    revenue: int | None
    profit: int | None
    revenue_ratio: str | None
    profit_ratio: str | None
    met: bool | None
    steps: list[StepRead]

    @classmethod
    def of(cls, facts: GrowthFacts, growth: Growth) -> Self:
        """From the facts and what they measure."""
        figures, recognition, rule = growth.figures, growth.recognition, growth.rule
        source = rule.source.in_language(language()) if rule else None
        return cls(
            product_id=facts.product.product_id,
            product_name=facts.product.product_name,
            state=growth.state,
            rule=GrowthRuleRead(
                code=rule.code,
                min_star=rule.min_star,
                after_months=rule.after_months,
                begins_within_months=rule.begins_within_months,
                at_least=str(rule.at_least),
                source=rule.source.in_language(language()),
            )
            if rule
            else None,
            recognised_on=recognition.issued_on if recognition else None,
            star=recognition.star if recognition else None,
            year=recognition.year if recognition else None,
            baseline=BaselineRead.model_validate(facts.baseline),
            figures_id=figures.figures_id if figures else None,
            period_from=figures.period_from if figures else None,
            period_to=figures.period_to if figures else None,
            revenue=figures.revenue if figures else None,
            profit=figures.profit if figures else None,
            revenue_ratio=_exact(growth.revenue_ratio),
            profit_ratio=_exact(growth.profit_ratio),
            met=growth.met,
            steps=[
                StepRead(rule=step.code, source=source, outcome=step.outcome.in_language(language()))
                for step in growth.steps
            ],
        )


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
