"""Why a result is what it is: its inputs, the versions of law, each step with its article, and a check."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.recomputing import Law, Verdict, recompute
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.recompute_results import law_of, stored_result
from shared.auth.actors import Actor
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Explained:
    """A result's row as its readers get it, its law, what computing it now gives, and whether the caller sees the
    members' sheets.
    """

    row: Row[Any]
    law: Law
    verdict: Verdict
    sees_members: bool


async def explain_result(uow: EvaluationUow, actor: Actor, result_id: UUID) -> Explained:
    """Explain a result to who may read it: its producer without the members' sheets. Raises NotFound."""
    dossier_id, round_id = await uow.results.place_of(result_id)
    await uow.dossiers.visible_to(actor).get(dossier_id)
    row = next((row for row in await uow.results.of_dossier(actor, dossier_id) if row[0].id == result_id), None)
    if row is None:
        raise NotFound()
    try:
        await uow.rounds.get(actor, round_id)
        sees_members = True
    except NotFound:
        sees_members = False
    result = row[0]
    law = await law_of(uow, result.ruleset_id, result.sheet_id, result.charter_id)
    return Explained(row, law, recompute(stored_result(result), law), sees_members)
