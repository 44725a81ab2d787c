"""The chair has a dossier scored again."""

from uuid import UUID

from evaluation.persistence.tables.rounds import RoundDossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import require_open, round_for_chair
from shared.auth.actors import Actor
from shared.errors import Conflict
from shared.ids import new_id


async def order_rescoring(
    uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID, reason: str
) -> RoundDossierRow:
    """Order that every member score a dossier again, after discussion. The sheets so far are kept but no longer count.

    The round's row is locked, so that no sheet comes in for the attempt that ends. Raises NotFound, Forbidden,
    RoundNotOpen, Conflict when nobody has scored it yet.
    """
    round_row, _ = await round_for_chair(uow, actor, round_id, lock=True)
    require_open(round_row)
    entry = await uow.rounds.dossier(round_id, dossier_id)
    if all(scored != dossier_id for scored, _, _ in await uow.score_sheets.current(round_id)):
        raise Conflict("Chưa có phiếu nào để chấm lại.", "There is no sheet to be scored again.")
    entry.attempt += 1
    await uow.rounds.order_rescoring(
        {
            "id": new_id(),
            "round_id": round_id,
            "dossier_id": dossier_id,
            "attempt": entry.attempt,
            "reason": reason,
            "ordered_by": actor.person_id,
        }
    )
    details = {"round_id": str(round_id), "attempt": entry.attempt, "reason": reason}
    await uow.audit(str(actor.person_id), "rescoring.ordered", "dossier", dossier_id, details)
    await uow.session.flush()
    return entry
