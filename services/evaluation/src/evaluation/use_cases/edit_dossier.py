"""The producer's own work on a dossier that is a draft or was returned. Half-filled forms may be saved."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func

from evaluation.domain.access import require_producer
from evaluation.domain.documents import Faults
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.self_scores import self_score_faults, self_score_of
from evaluation.domain.sheets import Sheet
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.find_rules import rules_of
from shared.auth.actors import Actor
from shared.http.etags import check_version


async def editable(uow: EvaluationUow, actor: Actor, dossier_id: UUID, expected: int | None = None) -> DossierRow:
    """The dossier, locked, if the caller may edit it now.

    Raises NotFound, Forbidden, Stale when `expected` is not its version, Conflict in a state without editing.
    """
    row = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    require_producer(actor, row.producer_id)
    if expected is not None:
        check_version(expected, row.version)
    next_state(row.state, Step.EDIT)
    return row


async def save_registration_form(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, expected: int, form: Mapping[str, Any]
) -> DossierView:
    """Replace the registration form (Form 01)."""
    row = await editable(uow, actor, dossier_id, expected)
    await follow_rules(uow, row)
    row.registration_form = dict(form)
    return await changed(uow, actor, row)


async def save_self_assessment(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, expected: int, sections: Mapping[str, Mapping[str, Any]]
) -> DossierView:
    """Replace the sections of Form 02 beside the self-score."""
    row = await editable(uow, actor, dossier_id, expected)
    await follow_rules(uow, row)
    row.self_assessment = {section: dict(fields) for section, fields in sections.items() if fields}
    return await changed(uow, actor, row)


async def save_self_score(
    uow: EvaluationUow,
    actor: Actor,
    dossier_id: UUID,
    expected: int,
    choices: Mapping[str, Any],
    notes: Mapping[str, str],
    part_totals: Mapping[str, int],
) -> DossierView:
    """Replace the self-score (Form 02 part III). Raises Invalid listing every choice that the sheet does not have."""
    row = await editable(uow, actor, dossier_id, expected)
    sheet = await follow_rules(uow, row)
    faults = Faults()
    self_score_faults(sheet, choices, notes, part_totals, faults)
    if faults:
        raise invalid(ScoreError(faults))
    row.self_score = self_score_of(sheet, choices, notes, part_totals)
    return await changed(uow, actor, row)


async def follow_rules(uow: EvaluationUow, row: DossierRow) -> Sheet:
    """Bring a draft to the rules of the day: they may have changed since it was begun."""
    ruleset, sheet = await rules_of(uow, row, await uow.today())
    row.ruleset_id, row.sheet_id = ruleset.id, sheet.code
    return sheet


async def changed(uow: EvaluationUow, actor: Actor, row: DossierRow) -> DossierView:
    """Write the change, raise the version even where only something below the dossier changed, and read it back."""
    row.updated_at = func.now()
    await uow.flush()
    return await uow.dossiers.visible_to(actor).view(row.id)
