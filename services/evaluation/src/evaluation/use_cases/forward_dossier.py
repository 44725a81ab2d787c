"""The secretary sends a scored dossier up to the next level."""

from uuid import UUID

from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.result_records import exact_mean
from evaluation.domain.round_access import is_secretary
from evaluation.domain.round_errors import DecidedHere
from evaluation.domain.rulesets import approval_needed
from evaluation.domain.settlement_errors import ApprovalMissing
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import ResultRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.check_renewal import pass_renewal_on
from evaluation.use_cases.settle_result import finish_round, result_to_settle, settle_result
from shared.auth.actors import Actor
from shared.contracts.evaluation import DossierForwarded
from shared.contracts.roles import Level
from shared.errors import Forbidden


async def forward_dossier(uow: EvaluationUow, actor: Actor, dossier_id: UUID) -> DossierRow:
    """Send a dossier whose result the ruleset sends on to the next level (148/2023 Annex II; 26/2026 Art. 7.3, 7.4).

    Raises NotFound, Forbidden unless the caller is secretary of the unit that scored it, Conflict for the state,
    DecidedHere for a result that is decided at this level, ApprovalMissing where the ruleset wants it approved first.
    """
    round_row, dossier, result = await result_to_settle(uow, actor, dossier_id, Step.FORWARD)
    if not is_secretary(actor, round_row.level, round_row.unit_code):
        raise Forbidden(
            "Việc này của thư ký đơn vị đã chấm điểm.", "This is for the secretary of the unit that scored it."
        )
    if result.forwards_to is None:
        raise DecidedHere(
            f"Kết quả {result.mean_decimal} điểm không phải chuyển cấp trên: chờ quyết định.",
            f"With {result.mean_decimal} points the result is decided, not forwarded.",
            state=dossier.state,
            allowed=[Step.DECIDE.value],
        )
    await _require_approval(uow, dossier, result)
    dossier.state = next_state(dossier.state, Step.FORWARD)
    dossier.level = result.forwards_to
    await settle_result(uow, actor, result, dossier, "forwarded")
    uow.publish(
        DossierForwarded(
            dossier_id=dossier.id,
            product_id=dossier.product_id,
            from_level=Level(result.level),
            to_level=Level(result.forwards_to),
            mean=exact_mean(result.mean_numerator, result.mean_denominator),
            year=dossier.year,
            district_code=dossier.district_code,
            province_code=dossier.province_code,
        )
    )
    await pass_renewal_on(uow, dossier, await uow.rules.ruleset(result.ruleset_id))
    details = {"from": result.level, "to": result.forwards_to}
    await uow.audit(str(actor.person_id), "dossier.forwarded", "dossier", dossier.id, details)
    await finish_round(uow, round_row)
    return dossier


async def _require_approval(uow: EvaluationUow, dossier: DossierRow, result: ResultRow) -> None:
    assert result.forwards_to is not None
    ruleset = await uow.rules.ruleset(result.ruleset_id)
    approval = approval_needed(ruleset, result.level, result.forwards_to, dossier.kind)
    if approval is not None and result.id not in await uow.settlements.approved([result.id]):
        raise ApprovalMissing(
            "Phải có quyết định phê duyệt kết quả trước khi chuyển hồ sơ lên cấp trên.",
            "The result must be approved by a decision before the dossier goes up.",
            rule=approval.ref,
            state=dossier.state,
            allowed=["approvals"],
            needs=[RECOGNISING_ROLES[approval.by].value],
        )
