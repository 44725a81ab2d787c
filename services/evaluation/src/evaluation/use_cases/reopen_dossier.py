"""A dossier is evaluated once more: after an objection, or because the level above lowered its result."""

from uuid import UUID

from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.errors import DossierOpen
from evaluation.domain.objections import heads_level
from evaluation.domain.rulesets import LoweredOption, level_below
from evaluation.domain.settlement_errors import NotEvaluatedAbove
from evaluation.domain.units_of_levels import SIGNATURES, unit_at
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import ResultRow
from evaluation.persistence.tables.settlements import ReopeningRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.check_renewal import pass_renewal_on
from evaluation.use_cases.settle_result import finish_round, settle_result
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.contracts.settlements import DossierReopened
from shared.errors import Forbidden
from shared.ids import new_id


async def evaluate_again(uow: EvaluationUow, actor: Actor, dossier_id: UUID, reasons: str) -> ReopeningRow:
    """The level below evaluates again what the level above lowered (26/2026 Art. 7.4), where the ruleset allows it.

    Raises NotFound, Conflict for the state, NotEvaluatedAbove, Forbidden unless the caller heads the level below.
    """
    seen = await uow.dossiers.visible_to(actor).get(dossier_id)
    judged = (await uow.settlements.judged([dossier_id])).get(dossier_id)
    rounds = await uow.settlements.lock_rounds([judged.round_id] if judged and judged.round_id else [])
    dossier = await uow.dossiers.visible_to(actor).get(seen.id, lock=True)
    next_state(dossier.state, Step.REOPEN)
    judged = (await uow.settlements.judged([dossier_id])).get(dossier_id)
    ruleset = await uow.rules.ruleset(dossier.ruleset_id)
    below = level_below(ruleset, judged.row.level) if judged else None
    came_up = below is not None and judged is not None and judged.forwards_to is None and below in dossier.reached
    if judged is None or below is None or not came_up or await uow.settlements.decision_in_force(dossier.id):
        raise NotEvaluatedAbove(
            "Chỉ đánh giá lại được kết quả đã chuyển lên và bị cấp trên hạ, chưa có quyết định công nhận.",
            "Only a result that went up, was lowered there and is not recognised yet can be evaluated again.",
            state=dossier.state,
        )
    if LoweredOption.EVALUATE_AGAIN not in ruleset.lowered_result.options:
        raise NotEvaluatedAbove(
            "Quy định áp dụng không cho đánh giá lại kết quả cấp trên đã hạ.",
            "The ruleset does not let a result lowered above be evaluated again.",
            rule=ruleset.lowered_result.ref or ruleset.decision,
            state=dossier.state,
        )
    unit = unit_at(Level(below), dossier)
    if unit is None or not heads_level(actor, below, unit.code):
        roles = {RECOGNISING_ROLES[body].value for body, one in SIGNATURES.items() if one.level == below}
        raise Forbidden(
            "Việc này thuộc thẩm quyền người đứng đầu cấp đã chuyển hồ sơ.",
            "This is for the head of the level that forwarded the dossier.",
            needs=sorted(roles),
        )
    waited = dossier.state == "scored"
    row = await reopen(uow, actor, dossier, below, "lowered_above", reasons)
    if waited:  # one that ended above had its result
        await pass_renewal_on(uow, dossier, ruleset)
    if waited and isinstance(judged.row, ResultRow):  # the round above has nothing left to wait for
        await settle_result(uow, actor, judged.row, dossier, "evaluated_again")
        await finish_round(uow, rounds[judged.row.round_id])
    return row


async def reopen(
    uow: EvaluationUow,
    actor: Actor,
    dossier: DossierRow,
    level: str,
    cause: str,
    reasons: str,
    objection_id: UUID | None = None,
) -> ReopeningRow:
    """Put a dossier, held by the caller, back before a council of `level`. Earlier results and decisions stay.

    Raises Conflict for the state, DossierOpen when the product has another dossier under way.
    """
    after = next_state(dossier.state, Step.REOPEN)
    other = await uow.dossiers.open_dossier_of(dossier.product_id)
    if other is not None and other.id != dossier.id:
        raise DossierOpen(
            "Sản phẩm đang có hồ sơ khác chưa kết thúc.",
            "The product has another dossier that is not over.",
            dossier_id=str(other.id),
            state=other.state,
        )
    ruleset = await uow.rules.ruleset(dossier.ruleset_id)
    level = ruleset.standing_level(level, await uow.today())
    dossier.state, dossier.level = after, level
    row = ReopeningRow(
        id=new_id(),
        dossier_id=dossier.id,
        level=level,
        attempt=await uow.settlements.next_attempt(dossier.id),
        cause=cause,
        objection_id=objection_id,
        reasons=reasons,
        person_id=actor.person_id,
        on_day=await uow.today(),
    )
    uow.settlements.add_all([row])
    uow.publish(
        DossierReopened(
            dossier_id=dossier.id,
            product_id=dossier.product_id,
            producer_id=dossier.producer_id,
            level=Level(level),
            attempt=row.attempt,
            year=dossier.year,
        )
    )
    details = {"level": level, "attempt": row.attempt, "cause": cause}
    await uow.audit(str(actor.person_id), "dossier.reopened", "dossier", dossier.id, details)
    await uow.flush()
    return row
