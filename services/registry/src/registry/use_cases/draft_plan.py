"""Draft the plan of a year."""

from datetime import date

from registry.domain.access import DRAFTS_PLANS, acts_for
from registry.domain.plans import PlanDraft, faults_of_plan
from registry.persistence.measures import NEEDS
from registry.persistence.tables.plans import PlanRow
from registry.persistence.unit_of_work import RegistryUow
from shared.auth.actors import Actor
from shared.contracts.events import EVENTS
from shared.contracts.roles import Level
from shared.errors import Fault, Forbidden, Invalid, Text

MEETS_DUTIES = frozenset(name for name, event in EVENTS.items() if "notifier" in event.subscribers)
"""Events that can meet a duty: those the notifier hears."""


async def draft_plan(uow: RegistryUow, actor: Actor, draft: PlanDraft) -> PlanRow:
    """Store a checked draft. Raises Invalid with every fault at once, Forbidden for another province's plan."""
    faults = faults_of_plan(draft, indicators=NEEDS, events=MEETS_DUTIES)
    begins, ends = date(draft.year, 1, 1), date(draft.year, 12, 31)
    if not await uow.units.exists(draft.province_code, Level.PROVINCE, begins, ends):
        text = Text(f"Không có tỉnh này trong năm {draft.year}", f"There is no such province in {draft.year}")
        faults.append(Fault("province_code", "unknown_unit", text))
    if faults:
        raise Invalid(faults=faults)
    if not acts_for(actor, draft.province_code, DRAFTS_PLANS):
        raise Forbidden(
            "Chỉ cơ quan thường trực của chính tỉnh đó lập kế hoạch.",
            "Only the province's own secretary drafts its plan.",
        )
    plan = await uow.plans.add(draft, drafted_by=actor.person_id)
    await uow.flush()
    await uow.audit(str(actor.person_id), "draft", "plan", plan.id, {"year": plan.year, "title": plan.title})
    return plan
