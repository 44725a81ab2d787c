"""What a dossier came to, whole: for its producer, its commune and the officials who may see it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.sheets import Sheet
from evaluation.persistence.objections import ObjectionView
from evaluation.persistence.settlements import Judged
from evaluation.persistence.tables.decisions import CorrectionRow, DecisionDocumentRow, DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.settlements import RecordedResultRow, ReopeningRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.file_objection import ObjectionWindow, objection_window
from shared.auth.actors import Actor


@dataclass(frozen=True, slots=True)
class DossierOutcome:
    """A dossier with its released results and all that followed them, oldest first."""

    dossier: DossierRow
    sheet: Sheet
    results: list[Row[Any]]
    recorded: list[RecordedResultRow]
    decisions: list[DecisionRow]
    corrections: list[tuple[CorrectionRow, DecisionDocumentRow]]
    reopenings: list[ReopeningRow]
    objections: list[ObjectionView]
    revocations: list[Row[Any]]
    published_on: date | None
    window: ObjectionWindow | None
    may_object: bool

    @property
    def in_force(self) -> DecisionRow | None:
        """The newest decision that no correction took the place of."""
        corrected = {one.decision_id for one, _ in self.corrections}
        return next((one for one in reversed(self.decisions) if one.id not in corrected), None)


async def read_outcome(uow: EvaluationUow, actor: Actor, dossier_id: UUID) -> DossierOutcome:
    """The outcome, for who may see the dossier; results only once released. Raises NotFound."""
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id)
    results = await uow.results.released_of(actor, dossier_id)
    recorded = await uow.settlements.recorded_of(dossier_id)
    objections = await uow.objections.of_dossier(dossier_id)
    judged = (await uow.settlements.judged([dossier_id])).get(dossier_id)
    window = await _window(uow, dossier, judged)
    contested = {key for view in objections for key in (view.row.result_id, view.row.recorded_result_id)}
    open_until = window is not None and await uow.today() <= window.until
    return DossierOutcome(
        dossier=dossier,
        sheet=await uow.rules.sheet(dossier.sheet_id),
        results=results,
        recorded=recorded,
        decisions=await uow.settlements.decisions_of(dossier_id),
        corrections=await uow.settlements.corrections_of(dossier_id),
        reopenings=await uow.settlements.reopenings_of(dossier_id),
        objections=objections,
        revocations=await uow.revocations.of_dossier(actor, dossier_id),
        published_on=await uow.settlements.published_on(dossier_id),
        window=window,
        may_object=open_until and judged is not None and judged.row.id not in contested,
    )


async def _window(uow: EvaluationUow, dossier: DossierRow, judged: Judged | None) -> ObjectionWindow | None:
    released_on = None if judged is None else await uow.settlements.released_on(judged)
    if released_on is None:
        return None
    return objection_window(await uow.rules.ruleset(dossier.ruleset_id), released_on)
