"""Read one dossier; an official's reading is put on record (users.md, permission rule 7)."""

from uuid import UUID

from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor


async def read_dossier(uow: EvaluationUow, actor: Actor, dossier_id: UUID) -> DossierView:
    """The dossier as this person sees it. Raises NotFound when unknown or out of scope."""
    view = await uow.dossiers.visible_to(actor).view(dossier_id)
    if view.row.producer_id not in actor.producers():
        roles = sorted({appointment.role.value for appointment in actor.appointments})
        await uow.audit(str(actor.person_id), "dossier_read", "dossier", dossier_id, {"roles": roles})
    return view
