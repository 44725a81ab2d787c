"""Reminding as one writes it first: a duty at a time, its people looked up, each notice added and committed."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from notifier.persistence.tables.appointments import AppointmentProjection
from notifier.persistence.tables.notices import Notice, ReminderStep
from notifier.persistence.tables.obligations import Obligation
from notifier.persistence.tables.policies import NoticeTemplate, ReminderPolicy, ReminderPolicyStep
from shared.clock import legal_date
from shared.ids import new_id


async def remind(sessions: async_sessionmaker[AsyncSession]) -> None:
    """A notice for each duty with a step that is due, its person and channel."""
    async with sessions() as session:
        due = (
            (await session.execute(select(Obligation.id).where(Obligation.next_step_at <= func.now()))).scalars().all()
        )
        for duty_id in due:
            await _remind_of(session, duty_id)


async def _remind_of(session: AsyncSession, duty_id: object) -> None:
    duty = (await session.execute(select(Obligation).where(Obligation.id == duty_id))).scalar_one()
    policy = (await session.execute(select(ReminderPolicy).where(ReminderPolicy.code == duty.code))).scalar_one()
    chosen = select(ReminderPolicyStep).where(ReminderPolicyStep.policy_id == policy.id)
    now = datetime.now(UTC)
    today = legal_date(now)
    for step in (await session.execute(chosen)).scalars().all():
        words = select(NoticeTemplate).where(
            NoticeTemplate.code == step.template_code, NoticeTemplate.form == "mail", NoticeTemplate.language == "vi"
        )
        template = (await session.execute(words.order_by(NoticeTemplate.version.desc()).limit(1))).scalar_one()
        holders = select(AppointmentProjection).where(AppointmentProjection.person_id == duty.person_id)
        for holder in (await session.execute(holders)).scalars().all():
            for channel in (link for chain in policy.chains for link in chain):
                sends = channel == "email"
                session.add(
                    Notice(
                        id=new_id(),
                        obligation_id=duty.id,
                        due_on=duty.due_on,
                        step=step.step,
                        kind="reminder",
                        unit_code=duty.unit_code,
                        person_id=holder.person_id,
                        recipient_name=holder.person_name,
                        address=holder.email if sends else None,
                        channel=channel,
                        template_code=template.code,
                        template_form=template.form,
                        template_version=template.version,
                        parameters={
                            "recipient": holder.person_name,
                            "title": duty.title,
                            "due_on": duty.due_on.isoformat() if duty.due_on else None,
                            "days_left": (duty.due_on - today).days if duty.due_on else None,
                            "done": duty.done,
                            "total": duty.total,
                        },
                        state="created" if sends else "sent",
                        made_at=now,
                        sent_at=None if sends else now,
                        attempts=0,
                        refusals=0,
                        most_tries=policy.most_tries,
                        first_retry_seconds=policy.first_retry_seconds,
                        longest_retry_seconds=policy.longest_retry_seconds,
                        next_try_at=now,
                        leased_until=now,
                        give_up_at=now + timedelta(seconds=policy.give_up_seconds),
                    )
                )
                await session.commit()
        session.add(
            ReminderStep(obligation_id=duty.id, due_on=duty.due_on, step=step.step, outcome="noticed", handled_at=now)
        )
    duty.next_step_at = None
    await session.commit()
