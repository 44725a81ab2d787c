"""What star would I get? For a dossier as it stands, or for choices that nobody stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from evaluation.domain.access import require_producer
from evaluation.domain.clocks import RoundDates, next_round
from evaluation.domain.completeness import Completeness
from evaluation.domain.documents import Faults
from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.forecasts import Forecast, KnockOutLine, forecast, forecast_parts, knock_out_lines
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.evidence import EvidenceRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.file_dossier import check_dossier
from evaluation.use_cases.find_rules import rules_of
from evaluation.use_cases.preview_score import find_pair, recorded_only
from shared.auth.actors import Actor


@dataclass(frozen=True, slots=True)
class ExpiringPaper:
    """A paper that does not hold to the day of the round; `leaves` are criteria no other paper then proves."""

    paper: EvidenceRow
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StarForecast:
    """The forecast under its rules. `by`: the day papers must hold to; of the ruleset's next `round`, or asked for."""

    ruleset: Ruleset
    sheet: Sheet
    forecast: Forecast
    knock_outs: Sequence[KnockOutLine]
    gaps: Completeness | None = None
    round: RoundDates | None = None
    by: date | None = None
    expiring: Sequence[ExpiringPaper] = ()


async def forecast_star(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, by: date | None, star: int | None
) -> StarForecast:
    """The forecast of a dossier under the rules it has, or would get today. Raises NotFound, Forbidden, Invalid."""
    row = await uow.dossiers.visible_to(actor).get(dossier_id)
    require_producer(actor, row.producer_id)
    today = await uow.today()
    ruleset, sheet = await rules_of(uow, row, today)
    papers = await uow.evidence.of_dossier(row.id)
    choices: Mapping[str, Any] = row.self_score.get("choices", {})
    if sheet.recorded_only:
        found = forecast_parts(ruleset, sheet, row.self_score.get("part_totals", {}))
    else:
        _check_star(ruleset, star)
        known = {code: choice for code, choice in choices.items() if sheet.criterion(code) is not None}
        found = _forecast(ruleset, sheet, known, star)
    gaps = check_dossier(row, ruleset, sheet, papers, today)
    hard = any(fault.code.startswith("evidence_missing:") for fault in gaps.missing)
    dates = next_round(ruleset.rounds, ruleset.first_scoring_level.code, today)
    until = by or (dates.hold_by if dates else None)
    return StarForecast(
        ruleset,
        sheet,
        found,
        knock_out_lines(sheet, found.points, choices, paper_missing=hard),
        gaps,
        dates,
        until,
        _expiring(papers, until) if until else (),
    )


async def forecast_next_star(
    uow: EvaluationUow, ruleset_id: str, sheet_id: str, choices: Mapping[str, Any], star: int | None
) -> StarForecast:
    """The forecast of choices that nobody stored. Raises Invalid with every fault, RecordedOnly."""
    ruleset, sheet = await find_pair(uow, ruleset_id, sheet_id)
    if sheet.recorded_only:
        raise recorded_only(sheet)
    _check_star(ruleset, star)
    found = _forecast(ruleset, sheet, choices, star)
    return StarForecast(ruleset, sheet, found, knock_out_lines(sheet, found.points, choices, paper_missing=None))


def _forecast(ruleset: Ruleset, sheet: Sheet, choices: Mapping[str, Any], star: int | None) -> Forecast:
    try:
        return forecast(ruleset, sheet, choices, star)
    except ScoreError as error:
        raise invalid(error) from error


def _check_star(ruleset: Ruleset, star: int | None) -> None:
    stars = sorted(band.star for band in ruleset.bands)
    if star is not None and star not in stars:
        faults = Faults()
        listed = ", ".join(str(one) for one in stars)
        faults.add("star", "unknown_star", f"chỉ có các hạng {listed}", f"stars are {listed}")
        raise invalid(ScoreError(faults))


def _expiring(papers: Sequence[EvidenceRow], by: date) -> list[ExpiringPaper]:
    lasting = {
        code for paper in papers if paper.expires_on is None or paper.expires_on >= by for code in paper.criteria
    }
    return [
        ExpiringPaper(paper, tuple(code for code in paper.criteria if code not in lasting))
        for paper in papers
        if paper.expires_on is not None and paper.expires_on < by
    ]
