"""The council finds a dossier out before any ranking, or takes that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from evaluation.domain.knock_outs import ground_faults
from evaluation.domain.round_errors import VotesTooFew
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.council_acts import KnockOutRow, KnockOutWithdrawalRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import dossier_for_presider, require_not_recused
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, Text
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Finding:
    """What the council found: a ground of the sheet or `other`, why, what shows it, and how the members voted."""

    dossier_id: UUID
    code: str
    reason: str
    evidence: str
    evidence_ids: Sequence[UUID]
    votes_for: int | None
    votes_against: int | None


async def record_knock_out(uow: EvaluationUow, actor: Actor, round_id: UUID, finding: Finding) -> KnockOutRow:
    """Record that a dossier of an open round is out (26/2026 Annex II, "Hồ sơ bị loại khi"): it gets no star.

    Who presides over the dossier records it for the council. Where the charter names a share for decisions, the votes
    must reach it. Raises NotFound, Forbidden, RoundNotOpen, Invalid, VotesTooFew.
    """
    entry = await dossier_for_presider(uow, actor, round_id, finding.dossier_id)
    faults = ground_faults(await uow.rules.sheet(entry.sheet_id), finding.code)
    absent = set(await uow.council_acts.evidence_missing(finding.dossier_id, finding.evidence_ids))
    unattached = Text("minh chứng không thuộc hồ sơ này", "the paper is not attached to this dossier")
    faults += [
        Fault(f"evidence_ids[{n}]", "not_attached", unattached)
        for n, one in enumerate(finding.evidence_ids)
        if one in absent
    ]
    if (finding.votes_for is None) != (finding.votes_against is None):
        both = Text("ghi cả số phiếu thuận và không thuận", "give both the votes for and against")
        faults.append(Fault("votes_for", "missing", both))
    if faults:
        raise Invalid(faults=faults)
    await _require_votes(uow, round_id, finding)
    row = KnockOutRow(
        id=new_id(),
        round_id=round_id,
        dossier_id=finding.dossier_id,
        code=finding.code,
        reason=finding.reason,
        evidence=finding.evidence,
        evidence_ids=list(finding.evidence_ids),
        votes_for=finding.votes_for,
        votes_against=finding.votes_against,
        recorded_by=actor.person_id,
    )
    await uow.council_acts.keep(row)
    details = {"round_id": str(round_id), "code": row.code, "reason": row.reason}
    await uow.audit(str(actor.person_id), "knock_out.recorded", "dossier", row.dossier_id, details)
    return row


async def knock_out_grounds(uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID) -> Sheet:
    """The sheet whose grounds a dossier of the round can be knocked out by. Raises NotFound."""
    await uow.rounds.get(actor, round_id)
    entry = await uow.rounds.dossier(round_id, dossier_id)
    await require_not_recused(uow, actor, round_id, dossier_id)
    return await uow.rules.sheet(entry.sheet_id)


async def withdraw_knock_out(
    uow: EvaluationUow, actor: Actor, round_id: UUID, knock_out_id: UUID, reason: str
) -> KnockOutWithdrawalRow:
    """Take a knock-out back before the round closes. Raises NotFound, Forbidden, RoundNotOpen, Conflict."""
    await uow.rounds.get(actor, round_id)
    found = await uow.council_acts.knock_out(round_id, knock_out_id)
    await dossier_for_presider(uow, actor, round_id, found.dossier_id)
    if await uow.council_acts.withdrawn(knock_out_id):
        raise Conflict("Kết luận loại này đã được rút trước đó.", "This knock-out was withdrawn before.")
    row = KnockOutWithdrawalRow(knock_out_id=knock_out_id, reason=reason, withdrawn_by=actor.person_id)
    await uow.council_acts.keep(row)
    details = {"round_id": str(round_id), "knock_out_id": str(knock_out_id), "reason": reason}
    await uow.audit(str(actor.person_id), "knock_out.withdrawn", "dossier", found.dossier_id, details)
    return row


async def _require_votes(uow: EvaluationUow, round_id: UUID, finding: Finding) -> None:
    council = await uow.rounds.council_of(round_id)
    charter = await uow.rules.charter(council.charter_id)
    seats = len(await uow.councils.seats(council.id))
    if (finding.votes_for or 0) + (finding.votes_against or 0) > seats:
        more = Text(f"Hội đồng chỉ có {seats} thành viên", f"the council has {seats} members")
        raise Invalid(faults=[Fault("votes_for", "too_many", more)])
    if not charter.decides(finding.votes_for, finding.votes_against):
        raise VotesTooFew(
            f"Quy chế đòi hỏi ít nhất {charter.decision_share} số thành viên có mặt biểu quyết tán thành.",
            f"The charter asks for at least {charter.decision_share} of the members present to agree.",
            rule=charter.source("decision_share"),
            state="open",
        )
