"""A member stands aside from a dossier because of a conflict of interest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from evaluation.domain.charters import ConflictRule
from evaluation.domain.conflict_relations import Covers, relation_of
from evaluation.persistence.conflicts import NewConflict
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import not_open, round_for_member
from shared.auth.actors import Actor
from shared.contracts.evaluation import MemberRecused
from shared.errors import Conflict


@dataclass(frozen=True, slots=True)
class DeclaredConflict:
    """A declaration as it was kept. `excluded`: by the charter the member no longer sees or scores the dossiers it
    `covers`: the one named, and with a relation to the producer his others in the round.
    """

    round_id: UUID
    dossier_id: UUID
    member_id: UUID
    relation: str
    excluded: bool
    declared_at: datetime
    covers: Sequence[UUID]


async def declare_conflict(
    uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID, relation: str, reason: str
) -> DeclaredConflict:
    """Declare a conflict of interest on a dossier of a round that is not closed. It cannot be taken back.

    What the charter's conflict rule says decides whether the member leaves scoring and quorum or it is only written
    down. A draft of his is removed; a sheet he submitted no longer counts. Others see that he stands aside, only the
    chair sees why. Raises NotFound, Forbidden, Invalid for an unknown relation, Conflict.
    """
    kind = relation_of(relation)
    round_row = await round_for_member(uow, actor, round_id)
    await uow.rounds.dossier(round_id, dossier_id)
    if round_row.state == "closed":
        raise not_open(round_row.state)
    council = await uow.councils.get(round_row.council_id)
    charter = await uow.rules.charter(council.charter_id)
    conflict = NewConflict(
        round_id=round_id,
        dossier_id=dossier_id,
        member_id=actor.person_id,
        relation=kind.code,
        reason=reason,
        excluded=charter.conflict_rule is ConflictRule.EXCLUDED,
        declared_at=await uow.now(),
    )
    covers = await keep_conflict(uow, conflict, whole_producer=kind.covers is Covers.PRODUCER)
    if dossier_id not in covers:
        raise Conflict("Bạn đã khai báo xung đột lợi ích với hồ sơ này.", "You declared a conflict here before.")
    for one in covers:
        await uow.audit(str(actor.person_id), "conflict.declared", "dossier", one, {"round_id": str(round_id)})
    return DeclaredConflict(
        round_id, dossier_id, actor.person_id, kind.code, conflict.excluded, conflict.declared_at, covers
    )


async def keep_conflict(uow: EvaluationUow, conflict: NewConflict, *, whole_producer: bool) -> list[UUID]:
    """Write a conflict; where it excludes the member his drafts go. The dossiers it was written for."""
    covers = await uow.conflicts.declare(conflict, whole_producer=whole_producer)
    if conflict.excluded:
        for dossier_id in covers:
            uow.publish(MemberRecused(round_id=conflict.round_id, dossier_id=dossier_id, member_id=conflict.member_id))
            await uow.score_sheets.drop_drafts(conflict.round_id, dossier_id, conflict.member_id)
    return sorted(covers)
