"""An official looks through a dossier's form and notes each item right or faulty (26/2026 Art. 7.2)."""

from collections.abc import Sequence
from uuid import UUID

from evaluation.domain.repair_items import Item
from evaluation.persistence.tables.commune_steps import FormCheckRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.level_offices import in_hand, require_known_items, require_waiting_here
from shared.auth.actors import Actor


async def check_form(uow: EvaluationUow, actor: Actor, dossier_id: UUID, items: Sequence[Item]) -> FormCheckRow:
    """Note one check; earlier ones are kept. What is faulty the official then returns for repair.

    Raises NotFound, Conflict or Forbidden unless the dossier waits at the caller's office, Invalid for unknown items.
    """
    dossier = await in_hand(uow, actor, dossier_id, lock=True)
    ruleset = await uow.rules.ruleset(dossier.ruleset_id)
    level = require_waiting_here(actor, dossier, ruleset.source("commune_report"))
    await require_known_items(uow, dossier, items)
    row = FormCheckRow(
        dossier_id=dossier.id,
        level=level,
        items=[item.stored() for item in items],
        checked_on=await uow.today(),
        checked_by=actor.person_id,
    )
    uow.commune_steps.add(row)
    await uow.flush()
    return row
