"""Stateless scoring: what would these score sheets come to?"""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from evaluation.api.schemas.choices import Choices
from evaluation.domain.charters import FloorTest
from evaluation.domain.scoring import Result
from shared.contracts.base import Wire

Exact = Annotated[str, Field(pattern=r"^[0-9]+(/[0-9]+)?$", examples=["275/3", "92"])]
"""An exact value: a whole number or a fraction in lowest terms."""


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


Points = Annotated[int | Exact, BeforeValidator(_whole)]
"""Points on a criterion: a number, or a fraction as text where members' points were averaged and it is not whole."""


class MemberSheet(Wire):
    """What one member answers. `member` is any name that tells the sheets apart."""

    member: str = Field(min_length=1, max_length=100)
    choices: Choices


class ScorePreviewRequest(Wire):
    """Score sheets and the rules to apply. `agreed`: the council's option per criterion with a star floor."""

    ruleset: str = Field(max_length=100, examples=["qd26-2026"])
    sheet: str = Field(max_length=100, examples=["QD26-13"])
    floor_test: FloorTest = FloorTest.AGREED
    agreed: Choices = Field(default_factory=dict)
    score_sheets: list[MemberSheet] = Field(min_length=1, max_length=50)


class FloorMissed(BaseModel):
    """A criterion with fewer points than a star needs."""

    criterion: str
    star: int
    needs: int
    has: Points


class StepRead(BaseModel):
    """One rule applied: `rule` is stable for programs, `source` the article, `outcome` a sentence."""

    rule: str
    source: str
    outcome: str


class ScorePreview(BaseModel):
    """What the score sheets come to. `star` is the band's, or a lower one where the ruleset caps it by floors."""

    mean: Exact
    mean_decimal: str
    parts: dict[str, Exact]
    band: int
    star: int
    floors_missed: list[FloorMissed]
    steps: list[StepRead]

    @classmethod
    def of(cls, result: Result, language: Literal["vi", "en"] | str) -> "ScorePreview":
        """From a result without knock-outs, with the reasons in the language of the request."""
        assert result.mean is not None
        assert result.mean_decimal is not None
        assert result.band is not None
        assert result.star is not None
        return cls(
            mean=str(result.mean),
            mean_decimal=result.mean_decimal,
            parts={code: _exact(points) for code, points in result.parts.items()},
            band=result.band,
            star=result.star,
            floors_missed=[
                FloorMissed(criterion=miss.criterion, star=miss.star, needs=miss.needs, has=_exact(miss.has))
                for miss in result.floors_missed
            ],
            steps=[
                StepRead(
                    rule=step.rule,
                    source=step.source,
                    outcome=step.outcome_en if language == "en" else step.outcome_vi,
                )
                for step in result.steps
            ],
        )


def _exact(value: Fraction) -> str:
    return str(value)
