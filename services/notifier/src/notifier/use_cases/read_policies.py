"""Reminder policies as they stand."""

from collections.abc import Sequence

from notifier.persistence.tables.policies import ReminderPolicy, ReminderPolicyStep
from notifier.persistence.unit_of_work import NotifierUow
from shared.errors import NotFound

Read = tuple[ReminderPolicy, Sequence[ReminderPolicyStep]]


async def read_policies(uow: NotifierUow) -> list[Read]:
    """Every policy with its steps, by code and validity."""
    rows = await uow.policies.all()
    steps = await uow.policies.steps([row.id for row in rows])
    return [(row, steps.get(row.id, [])) for row in rows]


async def read_policy(uow: NotifierUow, policy_id: str) -> Read:
    """One policy with its steps. Raises NotFound."""
    row = await uow.policies.find(policy_id)
    if row is None:
        raise NotFound("Không có chính sách nhắc việc này.", "There is no such reminder policy.")
    return row, (await uow.policies.steps([policy_id])).get(policy_id, [])
