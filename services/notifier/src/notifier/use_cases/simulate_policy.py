"""Show which notice would go to whom and when, by running the real statements on copies that are rolled back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from notifier.domain.policies import PolicyDraft, faults_of_policy
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.draft_policy import locked_policy
from shared.auth.actors import Actor
from shared.clock import legal_date, start_of
from shared.errors import Fault, Invalid, Text

MOST_DUTIES = 2_000
FIRST_DAY = date(2000, 1, 1)
SANDBOX_ID = "simulation"


@dataclass(frozen=True, slots=True)
class Question:
    """Which duties are played under which policy. Without one: under those in force."""

    year: int
    period: str | None
    code: str | None
    units: list[str] | None
    starts_on: date | None
    """The day they become known; what was due before is skipped, as in reality. None: the first day of the year."""
    policy: PolicyDraft | None
    policy_id: str | None


@dataclass(frozen=True, slots=True)
class Played:
    """What a year would bring."""

    duties: int
    notices: Sequence[Row[Any]]


async def simulate_policy(uow: NotifierUow, actor: Actor, question: Question) -> Played:
    """Play every instant at which something happens, as if nothing were done. Nothing of it lasts.

    Raises Invalid for a faulty policy or too many duties, NotFound for an unknown one.
    """
    if question.policy is not None and (faults := faults_of_policy(question.policy, await uow.policies.known())):
        raise Invalid(faults=[Fault(f"policy.{one.field}", one.code, one.text) for one in faults])
    sandbox = await uow.session.begin_nested()
    try:
        await _put_in_force(uow, actor, question)
        ids = await uow.simulations.copy(
            question.year, period=question.period, code=question.code, units=question.units, most=MOST_DUTIES + 1
        )
        if len(ids) > MOST_DUTIES:
            text = Text(f"Quá {MOST_DUTIES} nghĩa vụ; hãy thu hẹp", f"More than {MOST_DUTIES} duties; narrow it")
            raise Invalid(faults=[Fault("units", "too_many", text)])
        return Played(len(ids), await _play(uow, ids, start_of(question.starts_on or date(question.year, 1, 1))))
    finally:
        await sandbox.rollback()


async def _put_in_force(uow: NotifierUow, actor: Actor, question: Question) -> None:
    if question.policy_id is not None:
        row = await locked_policy(uow, question.policy_id)
    elif question.policy is not None:
        row = await uow.policies.draft(question.policy.model_copy(update={"id": SANDBOX_ID}), actor.person_id)
    else:
        return
    await uow.simulations.make_room(row.code)
    row = await locked_policy(uow, row.id)
    await uow.policies.publish(row, FIRST_DAY, published_by=None, at=await uow.now())


async def _play(uow: NotifierUow, ids: list[UUID], start: datetime) -> Sequence[Row[Any]]:
    await uow.reminders.plan(ids)
    silences: list[UUID] = []
    moment: datetime | None = start
    while moment is not None:
        today = legal_date(moment)
        await uow.settlement.miss(moment, ids)
        silences += await uow.silences.report(moment, ids)
        await uow.silences.make_notices(moment, today, silences)
        due = await uow.reminders.after_quiet_hours(await uow.simulations.due(ids, moment), moment)
        if due:
            await uow.reminders.make(due, moment, today)
        await uow.digests.compose(moment, today, ids)
        await uow.simulations.deliver(ids, silences, moment)
        moment = await uow.simulations.next_moment(ids, silences, moment)
    return await uow.simulations.told(ids, silences)
