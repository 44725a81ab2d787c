"""The chair decides that a member stands aside from a dossier."""

from dataclasses import dataclass
from uuid import UUID

from evaluation.domain.conflict_relations import Covers, relation_of
from evaluation.persistence.conflicts import NewConflict
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.declare_conflict import DeclaredConflict, keep_conflict
from evaluation.use_cases.round_posts import not_open, round_for_chair
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, Text


@dataclass(frozen=True, slots=True)
class Recusal:
    """Who stands aside from which dossier, and why; `decision_number` where the decision has one."""

    dossier_id: UUID
    member_id: UUID
    relation: str
    reason: str
    decision_number: str | None


async def recuse_member(uow: EvaluationUow, actor: Actor, round_id: UUID, recusal: Recusal) -> DeclaredConflict:
    """Exclude a member from a dossier of a round that is not closed, whatever the charter's rule on declarations.

    A relation to the producer covers all his dossiers in the round. The round's row is locked, so that no sheet of the
    member comes in meanwhile; one that is in no longer counts. The chair declares his own conflicts like any member.
    Raises NotFound, Forbidden, RoundNotOpen, Invalid, Conflict.
    """
    kind = relation_of(recusal.relation)
    round_row, council = await round_for_chair(uow, actor, round_id, lock=True)
    await uow.rounds.dossier(round_id, recusal.dossier_id)
    if round_row.state == "closed":
        raise not_open(round_row.state)
    members = {seat.person_id for seat in await uow.councils.seats(council.id)} - {council.chair_id}
    if recusal.member_id not in members:
        stranger = Text("không phải thành viên khác của Hội đồng", "is no other member of the council")
        raise Invalid(faults=[Fault("member_id", "not_a_member", stranger)])
    conflict = NewConflict(
        round_id=round_id,
        dossier_id=recusal.dossier_id,
        member_id=recusal.member_id,
        relation=kind.code,
        reason=recusal.reason,
        excluded=True,
        declared_at=await uow.now(),
        recused_by=actor.person_id,
        decision_number=recusal.decision_number,
    )
    covers = await keep_conflict(uow, conflict, whole_producer=kind.covers is Covers.PRODUCER)
    if recusal.dossier_id not in covers:
        raise Conflict("Thành viên này đã đứng ngoài hồ sơ.", "The member stands aside from this dossier already.")
    details = {"round_id": str(round_id), "member_id": str(recusal.member_id), "reason": recusal.reason}
    for one in covers:
        await uow.audit(str(actor.person_id), "member.recused", "dossier", one, details)
    return DeclaredConflict(
        round_id, recusal.dossier_id, recusal.member_id, kind.code, True, conflict.declared_at, covers
    )
