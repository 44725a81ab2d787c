"""What the council said about a dossier, before it is scored again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from evaluation.domain.councils import shortfall
from evaluation.domain.round_errors import QuorumNotMet
from evaluation.persistence.tables.council_acts import DiscussionRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import dossier_for_presider
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, Text
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Statement:
    """What one member said."""

    member_id: UUID
    said: str


async def record_discussion(
    uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID, statements: Sequence[Statement], conclusion: str
) -> DiscussionRow:
    """Record who said what on a dossier of an open round, and what was concluded.

    Members speak once they have scored: it is refused before the quorum's sheets are in, or talk would end the
    blindness. Raises NotFound, Forbidden, RoundNotOpen, QuorumNotMet, Invalid.
    """
    entry = await dossier_for_presider(uow, actor, round_id, dossier_id)
    council = await uow.rounds.council_of(round_id)
    charter = await uow.rules.charter(council.charter_id)
    seats = await uow.councils.seats(council.id)
    recused = {member for one, member in await uow.rounds.recused(round_id) if one == dossier_id}
    scored = (await uow.closing.totals(round_id)).get(dossier_id, {})
    lack = shortfall(charter, seats, recused, scored)
    if lack is not None:
        raise QuorumNotMet(
            "Chỉ thảo luận sau khi đủ số thành viên đã nộp phiếu: trước đó mỗi người chấm độc lập.",
            "Discuss once the quorum's sheets are in: until then each member scores on his own.",
            rule=charter.source("quorum"),
            state="open",
            dossiers=[{"dossier_id": str(dossier_id)} | asdict(lack)],
        )
    sitting = {seat.person_id for seat in seats} - recused
    stranger = Text("không phải thành viên được tham gia hồ sơ này", "is no member who sits on this dossier")
    faults = [
        Fault(f"statements[{n}].member_id", "not_a_member", stranger)
        for n, one in enumerate(statements)
        if one.member_id not in sitting
    ]
    if faults:
        raise Invalid(faults=faults)
    row = DiscussionRow(
        id=new_id(),
        round_id=round_id,
        dossier_id=dossier_id,
        attempt=entry.attempt,
        statements=[{"member_id": str(one.member_id), "said": one.said} for one in statements],
        conclusion=conclusion,
        recorded_by=actor.person_id,
    )
    await uow.council_acts.keep(row)
    details = {"round_id": str(round_id), "attempt": entry.attempt}
    await uow.audit(str(actor.person_id), "discussion.recorded", "dossier", dossier_id, details)
    return row
