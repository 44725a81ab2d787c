"""Put a drafted reminder policy in force."""

from datetime import date

from notifier.persistence.tables.policies import ReminderPolicy
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.draft_policy import audit_id, locked_policy, refuse_published
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, Text


async def publish_policy(uow: NotifierUow, actor: Actor, policy_id: str, valid_from: date) -> ReminderPolicy:
    """From that due date on the draft counts; the policy of the same code that counted so far ends the day before.

    Duties still outstanding are planned anew; steps already handled are not repeated. Raises NotFound, Invalid for a
    day that has begun, Conflict when it is published already or another begins on or after that day.
    """
    row = await locked_policy(uow, policy_id)
    refuse_published(row)
    if valid_from <= await uow.today():
        text = Text("Phải sau hôm nay: chính sách đang dùng không đổi", "Must be after today: what is in use stays")
        raise Invalid(faults=[Fault("valid_from", "past", text)])
    later = await uow.policies.later(row.code, valid_from)
    if later is not None:
        raise Conflict(
            f"Đã có chính sách {later} có hiệu lực từ ngày đó hoặc sau đó.",
            f"Policy {later} begins on or after that day already.",
            state="published",
            allowed=[],
        )
    ended = await uow.policies.publish(row, valid_from, published_by=actor.person_id, at=await uow.now())
    await uow.settlement.unsettle_outstanding()
    details = {"valid_from": valid_from, "supersedes": ended}
    await uow.audit(str(actor.person_id), "publish", "reminder_policy", audit_id(row.id), details)
    return row
