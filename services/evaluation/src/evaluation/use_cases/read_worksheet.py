"""All that the producer's entry screen shows, in one read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from evaluation.domain.access import require_producer
from evaluation.domain.clocks import next_round
from evaluation.domain.completeness import Completeness
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.evidence import EvidenceRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.file_dossier import check_dossier
from evaluation.use_cases.find_rules import rules_of
from shared.auth.actors import Actor


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A dossier beside the rules it has, or would get today. `round_by`: the day its next round is held by."""

    row: DossierRow
    ruleset: Ruleset
    sheet: Sheet
    papers: Sequence[EvidenceRow]
    gaps: Completeness
    today: date
    round_by: date | None


async def read_worksheet(uow: EvaluationUow, actor: Actor, dossier_id: UUID) -> Worksheet:
    """The worksheet of one's own dossier, in any state. Raises NotFound, Forbidden."""
    row = await uow.dossiers.visible_to(actor).get(dossier_id)
    require_producer(actor, row.producer_id)
    today = await uow.today()
    ruleset, sheet = await rules_of(uow, row, today)
    papers = await uow.evidence.of_dossier(row.id)
    dates = next_round(ruleset.rounds, ruleset.first_scoring_level.code, today)
    gaps = check_dossier(row, ruleset, sheet, papers, today)
    return Worksheet(row, ruleset, sheet, papers, gaps, today, dates.hold_by if dates else None)
