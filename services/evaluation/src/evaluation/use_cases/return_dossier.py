"""The officials of the level at which a dossier waits give it back to its producer for repair."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.repair_items import Item
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.tables.dossiers import DossierReturnRow, DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.edit_dossier import changed
from evaluation.use_cases.leave_round import leave_round, lock_with_round
from evaluation.use_cases.level_offices import require_known_items, require_waiting_here
from shared.auth.actors import Actor
from shared.contracts.evaluation import DossierReturned
from shared.contracts.roles import Level
from shared.errors import Fault, Invalid, Text


async def return_dossier(
    uow: EvaluationUow,
    actor: Actor,
    dossier_id: UUID,
    reasons: str,
    items: Sequence[Item] = (),
    due_on: date | None = None,
) -> DossierView:
    """Give a dossier back for repair, at any level and until its round closes (26/2026 Art. 7.2, 7.3).

    The first filing date keeps its rules; filing again brings it back to this level, with every report made before.
    In a planned or open round it leaves the round: sheets handed in are kept and do not count, members are told.
    `due_on` (inclusive) is the official's own deadline; the law sets none. Raises NotFound, Conflict, Forbidden,
    Invalid for items the dossier does not have.
    """
    dossier, round_row = await lock_with_round(uow, actor, dossier_id)
    ruleset = await uow.rules.ruleset(dossier.ruleset_id)
    rule = ruleset.source("commune_report")
    after = next_state(dossier.state, Step.RETURN, rule=rule)
    level = require_waiting_here(actor, dossier, rule)
    await require_known_items(uow, dossier, items)
    today = await uow.today()
    if due_on is not None and due_on < today:
        past = Text("hạn bổ sung đã qua", "the deadline of the repair has passed")
        raise Invalid(faults=[Fault("due_on", "passed", past)])
    if round_row is not None:
        await leave_round(uow, round_row, dossier, "returned")
    dossier.state = after
    dossier.level = None
    uow.dossiers.add(
        DossierReturnRow(
            dossier_id=dossier.id,
            level=level,
            reasons=reasons,
            items=[item.stored() for item in items],
            due_on=due_on,
            returned_on=today,
            returned_by=actor.person_id,
        )
    )
    _tell(uow, dossier, level, reasons, due_on)
    await uow.audit(
        str(actor.person_id), "dossier_returned", "dossier", dossier.id, {"reasons": reasons, "level": level.value}
    )
    return await changed(uow, actor, dossier)


def _tell(uow: EvaluationUow, dossier: DossierRow, level: Level, reasons: str, due_on: date | None) -> None:
    uow.publish(
        DossierReturned(
            dossier_id=dossier.id,
            producer_id=dossier.producer_id,
            product_name=dossier.product_name,
            reasons=reasons,
            commune_code=dossier.commune_code,
            level=level,
            due_on=due_on,
        )
    )
