"""Move a deadline of a plan to another day, with the reason."""

from datetime import date
from uuid import UUID

from registry.persistence.tables.plans import PlanDeadlineRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.publish_plan import tell_duty
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, Text
from shared.http.etags import check_version


async def move_deadline(
    uow: RegistryUow,
    actor: Actor,
    deadline_id: UUID,
    *,
    expected: int,
    due_on: date,
    period: str | None,
    reason: str,
) -> PlanDeadlineRow:
    """Set the last day (inclusive) of a deadline, or of one period of a recurring one; every unit is told again.

    Raises NotFound, Stale, and Invalid when the period is missing, unknown or not wanted.
    """
    deadline, plan = await uow.plans.visible_to(actor).deadline_locked(deadline_id)
    check_version(expected, deadline.version)
    if (deadline.recurs is None) != (period is None):
        text = Text("Cho period chỉ với thời hạn định kỳ", "Give period for a recurring deadline, and only then")
        raise Invalid(faults=[Fault("period", "one_of", text)])
    if deadline.recurs is None:
        deadline.due_on = due_on
    deadline.updated_at = await uow.now()
    await uow.flush()
    moved = await uow.plans.move_duties(deadline.id, period or str(plan.year), due_on)
    if period is not None and not moved:
        text = Text("Không có kỳ này", "There is no such period")
        raise Invalid(faults=[Fault("period", "unknown", text)])
    for duty in moved:
        tell_duty(uow, plan, deadline, duty)
    details = {"due_on": due_on, "period": period, "reason": reason}
    await uow.audit(str(actor.person_id), "move", "deadline", deadline.id, details)
    return deadline
