"""The producer takes a dossier back before a council has it."""

from uuid import UUID

from evaluation.domain.access import require_producer
from evaluation.domain.dossier_states import Step, next_state, possible_steps
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.edit_dossier import changed
from shared.auth.actors import Actor
from shared.contracts.evaluation import DossierWithdrawn
from shared.errors import Conflict


async def withdraw_dossier(uow: EvaluationUow, actor: Actor, dossier_id: UUID, reason: str) -> DossierView:
    """End the dossier for good; the product may begin a new one, which may carry this one's work over.

    Raises NotFound, Forbidden, Conflict once a council has it or has scored it.
    """
    row = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    require_producer(actor, row.producer_id)
    state, today = next_state(row.state, Step.WITHDRAW), await uow.today()
    if await uow.results.latest(row.id) is not None:  # a higher level returned what a lower one has scored already
        raise Conflict(
            "Hội đồng đã chấm hồ sơ này: không rút được nữa.",
            "A council has scored this dossier: it can no longer be withdrawn.",
            state=row.state,
            allowed=[step for step in possible_steps(row.state) if step != Step.WITHDRAW],
        )
    before, row.state, row.level = row.state, state, None
    row.withdrawn_on, row.withdrawal_reason = today, reason
    if row.filed_on is not None:  # nobody but the producer ever knew of a draft
        uow.publish(
            DossierWithdrawn(
                dossier_id=row.id,
                product_id=row.product_id,
                producer_id=row.producer_id,
                product_name=row.product_name,
                commune_code=row.commune_code,
                district_code=row.district_code,
                province_code=row.province_code,
                year=row.year,
                withdrawn_on=today,
                reason=reason,
            )
        )
    await uow.audit(str(actor.person_id), "dossier_withdrawn", "dossier", row.id, {"state": before, "reason": reason})
    return await changed(uow, actor, row)
