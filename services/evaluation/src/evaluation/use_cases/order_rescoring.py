"""The chair has a dossier scored again."""

from uuid import UUID

from evaluation.domain.round_errors import DiscussionMissing
from evaluation.persistence.tables.rounds import RoundDossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import dossier_for_presider
from shared.auth.actors import Actor
from shared.errors import Conflict
from shared.ids import new_id


async def order_rescoring(
    uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID, reason: str
) -> RoundDossierRow:
    """Order that every member score a dossier again, after a discussion that is on record. The sheets so far are kept
    but no longer count.

    The round's row is locked, so that no sheet comes in for the attempt that ends. Raises NotFound, Forbidden,
    RoundNotOpen, Conflict when nobody has scored it yet, DiscussionMissing.
    """
    entry = await dossier_for_presider(uow, actor, round_id, dossier_id)
    if not await uow.score_sheets.anybody_scored(entry):
        raise Conflict("Chưa có phiếu nào để chấm lại.", "There is no sheet to be scored again.")
    if not await uow.council_acts.discussed(entry):
        raise DiscussionMissing(
            "Ghi nhận nội dung thảo luận và kết luận của lần chấm này trước khi yêu cầu chấm lại.",
            "Record the discussion of this scoring and its conclusion before you order it scored again.",
            state="open",
            allowed=["discussions"],
        )
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
