"""A member stands aside from a dossier because of a conflict of interest."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from evaluation.domain.charters import ConflictRule
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import not_open, round_for_member
from shared.auth.actors import Actor
from shared.contracts.evaluation import MemberRecused
from shared.errors import Conflict


@dataclass(frozen=True, slots=True)
class DeclaredConflict:
    """A declaration as it was kept. `excluded`: by the charter the member no longer sees or scores the dossier."""

    round_id: UUID
    dossier_id: UUID
    member_id: UUID
    excluded: bool
    declared_at: datetime


async def declare_conflict(
    uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID, reason: str
) -> DeclaredConflict:
    """Declare a conflict of interest on a dossier of a round that is not closed. It cannot be taken back.

    What the charter's conflict rule says decides whether the member leaves scoring and quorum or it is only written
    down. A draft of his is removed; a sheet he submitted no longer counts. Others see that he stands aside, only the
    chair sees why. Raises NotFound, Forbidden, Conflict.
    """
    round_row = await round_for_member(uow, actor, round_id)
    await uow.rounds.dossier(round_id, dossier_id)
    if round_row.state == "closed":
        raise not_open(round_row.state)
    council = await uow.councils.get(round_row.council_id)
    charter = await uow.rules.charter(council.charter_id)
    excluded = charter.conflict_rule is ConflictRule.EXCLUDED
    conflict = DeclaredConflict(round_id, dossier_id, actor.person_id, excluded, await uow.now())
    stored = await uow.rounds.declare(
        {
            "round_id": round_id,
            "dossier_id": dossier_id,
            "member_id": actor.person_id,
            "reason": reason,
            "excluded": excluded,
            "declared_at": conflict.declared_at,
        }
    )
    if not stored:
        raise Conflict("Bạn đã khai báo xung đột lợi ích với hồ sơ này.", "You declared a conflict here before.")
    if excluded:
        uow.publish(MemberRecused(round_id=round_id, dossier_id=dossier_id, member_id=actor.person_id))
        await uow.score_sheets.drop_drafts(round_id, dossier_id, actor.person_id)
    await uow.audit(str(actor.person_id), "conflict.declared", "dossier", dossier_id, {"round_id": str(round_id)})
    return conflict
