"""The decision that approves results before they go up (quyết định phê duyệt kết quả)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.dossier_states import Step
from evaluation.domain.round_errors import DecidedHere, OtherBodyDecides
from evaluation.domain.rulesets import approval_needed
from evaluation.domain.settlement_errors import DecisionsRefused
from evaluation.persistence.tables.decisions import DecisionDocumentRow
from evaluation.persistence.tables.settlements import ResultApprovalRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.decide_star import Issuer, check_day, issuer_for, write_document
from evaluation.use_cases.judged_dossiers import Held, hold_judged, refuse_by_name
from shared.auth.actors import Actor
from shared.errors import Conflict, Problem
from shared.ids import new_id


async def approve_results(
    uow: EvaluationUow, actor: Actor, dossier_ids: Sequence[UUID], number: str, signed_on: date, file: str | None
) -> DecisionDocumentRow:
    """Record the decision that approves the results of dossiers that go up (26/2026 Art. 6, 7.3): all or none.

    Raises, for one dossier, NotFound, Conflict, DecidedHere, OtherBodyDecides, Invalid for the day; for several
    DecisionsRefused naming each; NumberTaken, Invalid for the file.
    """
    today = await uow.today()
    held, refused = await hold_judged(uow, actor, dossier_ids, Step.FORWARD)
    approved = await uow.settlements.approved(one.judged.row.id for one in held)
    prepared: list[tuple[Held, Issuer]] = []
    for one in held:
        try:
            if one.judged.row.id in approved:
                raise Conflict("Kết quả đã được phê duyệt.", "The result is approved.", state=one.dossier.state)
            issuer = await _approver(uow, actor, one, signed_on)
            assert one.round_row is not None  # what goes up comes from a council's round
            check_day(signed_on, today, await uow.rounds.earliest_decision_day(one.round_row))
            if prepared and issuer != prepared[0][1]:
                raise Conflict("Hồ sơ này do đơn vị khác phê duyệt.", "Another unit approves this dossier.")
            prepared.append((one, issuer))
        except Problem as problem:
            refused[one.dossier.id] = problem
    named = refuse_by_name(refused, several=len(set(dossier_ids)) > 1)
    if named:
        raise DecisionsRefused(
            f"{len(named)} hồ sơ chưa phê duyệt được nên cả quyết định không được ghi; xem dossiers.",
            f"{len(named)} dossiers cannot be approved, so nothing is recorded; see dossiers.",
            dossiers=named,
        )
    document_id = await write_document(uow, actor, "approval", prepared[0][1], number, signed_on, file)
    uow.settlements.add_all(
        [
            ResultApprovalRow(
                id=new_id(),
                result_id=one.judged.row.id,
                dossier_id=one.dossier.id,
                document_id=document_id,
                person_id=actor.person_id,
            )
            for one, _ in prepared
        ]
    )
    for one, _ in prepared:
        await uow.audit(str(actor.person_id), "result.approved", "dossier", one.dossier.id, {"number": number})
    await uow.flush()
    return await uow.settlements.document(document_id)


async def _approver(uow: EvaluationUow, actor: Actor, one: Held, signed_on: date) -> Issuer:
    result = one.judged.row
    ruleset = await uow.rules.ruleset(result.ruleset_id)
    to_level = one.judged.forwards_to
    approval = to_level and approval_needed(ruleset, result.level, to_level, one.dossier.kind)
    if not approval:
        raise DecidedHere(
            f"Kết quả {result.mean_decimal} điểm không cần quyết định phê duyệt để chuyển cấp trên.",
            f"A result of {result.mean_decimal} points needs no approval to go up.",
            state=one.dossier.state,
            allowed=[Step.DECIDE.value if to_level is None else Step.FORWARD.value],
        )
    issuer = issuer_for(ruleset, approval.by, one.dossier, signed_on)
    role = RECOGNISING_ROLES[issuer.body]
    if issuer.unit.code not in actor.units(role):
        raise OtherBodyDecides(
            "Kết quả này do cơ quan khác phê duyệt.",
            "Another body approves this result.",
            rule=approval.ref,
            needs=[role.value],
            unit_code=issuer.unit.code,
        )
    return issuer
