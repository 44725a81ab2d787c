"""A result as it is kept: the inputs it came from, and what they came to, both as plain JSON.

`compute` is what closing a round calls and what anybody calls years later on the stored inputs: the same inputs
under the same three hashes give the same record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from evaluation.domain.charters import Charter
from evaluation.domain.choices import Choice, ScoreSheet
from evaluation.domain.councils import Seat
from evaluation.domain.knock_outs import read_knock_outs
from evaluation.domain.rulesets import Ruleset, forwarding
from evaluation.domain.scoring import Result, score
from evaluation.domain.sheets import Sheet


@dataclass(frozen=True, slots=True)
class SubmittedSheet:
    """A submitted score sheet as stored."""

    sheet_id: UUID
    member_id: UUID
    choices: Mapping[str, Choice]
    part_totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """What is stored of a result besides its inputs. Fractions are texts such as "275/3"."""

    mean_numerator: int | None
    mean_denominator: int | None
    mean_decimal: str | None
    band: int | None
    star: int | None
    knocked_out: bool
    recognised: bool
    forwards_to: str | None
    parts: dict[str, Any]
    criteria: dict[str, Any]
    totals: dict[str, Any]
    floors_missed: list[Any]
    steps: list[Any]
    ruleset_hash: str
    sheet_hash: str
    charter_hash: str


def inputs_of(
    seats: Sequence[Seat],
    sheets: Sequence[SubmittedSheet],
    agreed: Mapping[str, Choice],
    knock_outs: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The inputs of a result, in the order of seats, naming members by seat."""
    labels = {seat.person_id: (seat.number, seat.label) for seat in seats}
    found = {} if not knock_outs else {"knock_outs": [dict(knock_out) for knock_out in knock_outs]}
    return {
        "score_sheets": [
            {
                "member": labels[sheet.member_id][1],
                "person_id": str(sheet.member_id),
                "sheet_id": str(sheet.sheet_id),
                "choices": dict(sheet.choices),
                "part_totals": dict(sheet.part_totals),
            }
            for sheet in sorted(sheets, key=lambda sheet: labels[sheet.member_id][0])
        ],
        "agreed": dict(agreed),
    } | found


def compute(ruleset: Ruleset, sheet: Sheet, charter: Charter, inputs: Mapping[str, Any]) -> Result:
    """The result of stored inputs. Raises ScoreError when they are no valid score sheets of this sheet."""
    score_sheets = [
        ScoreSheet(entry["member"], entry["choices"], entry["part_totals"]) for entry in inputs["score_sheets"]
    ]
    knock_outs = read_knock_outs(inputs.get("knock_outs", ()))
    return score(ruleset, sheet, charter, score_sheets, agreed=inputs["agreed"], knock_outs=knock_outs)


def record_of(ruleset: Ruleset, level: str, result: Result) -> ResultRecord:
    """The record of a result at a level. Without a star: knocked out."""
    return ResultRecord(
        mean_numerator=None if result.mean is None else result.mean.numerator,
        mean_denominator=None if result.mean is None else result.mean.denominator,
        mean_decimal=result.mean_decimal,
        band=result.band,
        star=result.star,
        knocked_out=result.knocked_out,
        recognised=result.recognised,
        forwards_to=_next_level(ruleset, level, result),
        parts={code: str(value) for code, value in result.parts.items()},
        criteria={code: str(value) for code, value in result.criteria.items()},
        totals=dict(result.totals),
        floors_missed=[
            {"criterion": miss.criterion, "star": miss.star, "needs": miss.needs, "has": str(miss.has)}
            for miss in result.floors_missed
        ],
        steps=[
            {"rule": step.rule, "source": step.source, "outcome_vi": step.outcome_vi, "outcome_en": step.outcome_en}
            for step in result.steps
        ],
        ruleset_hash=result.ruleset_hash,
        sheet_hash=result.sheet_hash,
        charter_hash=result.charter_hash,
    )


def _next_level(ruleset: Ruleset, level: str, result: Result) -> str | None:
    """The level a result goes up to. Where floors lowered the star, that star counts and no longer the points: 92
    points that floors leave at 3 stars are decided like any 3 stars (our reading; no text says).
    """
    if result.star is None or result.mean is None:
        return None
    if result.star == result.band:
        return forwarding(ruleset, level, result.mean)
    low = next(band.low for band in ruleset.bands if band.star == result.star)
    return forwarding(ruleset, level, low)


def exact_mean(numerator: int | None, denominator: int | None) -> str | None:
    """The exact mean as text: "92" or "275/3"; None where nobody scored."""
    if numerator is None or denominator is None:
        return None
    return str(Fraction(numerator, denominator))
