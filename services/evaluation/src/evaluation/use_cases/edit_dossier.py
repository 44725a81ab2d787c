"""The producer's own work on a dossier that is a draft or was returned. Half-filled forms may be saved."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func

from evaluation.domain.access import require_producer
from evaluation.domain.choices import read_part_totals, read_self_score
from evaluation.domain.documents import Faults
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError, quoted
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
    await _follow_rules(uow, row)
    row.registration_form = dict(form)
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
    sheet = await _follow_rules(uow, row)
    faults = Faults()
    points: dict[str, int] = {}
    if sheet.recorded_only:
        for code in choices:
            faults.add(
                quoted("choices", code),
                "not_allowed",
                "bộ tiêu chí này chưa đủ để chấm từng tiêu chí: ghi part_totals",
                "the criteria of this sheet are incomplete: give part_totals",
            )
        parts = read_part_totals(sheet, part_totals, "part_totals", faults)
    else:
        points = read_self_score(sheet, choices, "choices", faults)
        if part_totals:
            faults.add(
                "part_totals", "not_allowed", "phiếu này chấm từng tiêu chí", "this sheet is scored by criterion"
            )
        parts = {part.code: 0 for part in sheet.parts}
        for criterion in sheet.criteria:
            parts[criterion.part] += points.get(criterion.code, 0)
    _check_notes(sheet, notes, faults)
    if faults:
        raise invalid(ScoreError(faults))
    row.self_score = {
        "choices": dict(choices),
        "notes": dict(notes),
        "part_totals": dict(part_totals),
        "points": points,
        "parts": parts,
        "total": sum(parts.values()),
    }
    return await changed(uow, actor, row)


def _check_notes(sheet: Sheet, notes: Mapping[str, str], faults: Faults) -> None:
    known = {criterion.code for criterion in sheet.criteria} | {part.code for part in sheet.parts}
    for code in notes:
        if code not in known:
            faults.add(
                quoted("notes", code),
                "unknown_criterion",
                f"phiếu không có tiêu chí {code}",
                f"the sheet has no criterion {code}",
            )


async def _follow_rules(uow: EvaluationUow, row: DossierRow) -> Sheet:
    """Bring a draft to the rules of the day: they may have changed since it was begun."""
    ruleset, sheet = await rules_of(uow, row, await uow.today())
    row.ruleset_id, row.sheet_id = ruleset.id, sheet.code
    return sheet


async def changed(uow: EvaluationUow, actor: Actor, row: DossierRow) -> DossierView:
    """Write the change, raise the version even where only something below the dossier changed, and read it back."""
    row.updated_at = func.now()
    await uow.flush()
    return await uow.dossiers.visible_to(actor).view(row.id)
