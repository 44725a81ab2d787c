"""What people and calendars decided about duties, and its effect on them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.duties import DutyAct
from notifier.persistence.tables.obligations import Obligation
from shared.clock import end_of


@dataclass(frozen=True, slots=True)
class Decision:
    """Why, by which written decision, by whom."""

    reason: str
    document: str | None
    person_id: UUID
    person_name: str


class DutyActRepository:
    """Writes acts. The duty must be locked; the caller tells it, the next steps are left to `settle`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def waive(self, duty: Obligation, decision: Decision, now: datetime) -> Obligation:
        """Nobody owes it any more."""
        self._note("waive", duty, duty.due_on, decision, now)
        duty.waived_at, duty.state = now, "waived"
        return await self._changed(duty)

    async def move(self, duty: Obligation, due_on: date, decision: Decision, now: datetime) -> Obligation:
        """It is due on another day, and open until then."""
        self._note("move", duty, due_on, decision, now)
        duty.due_on, duty.due_at, duty.listed_on = due_on, end_of(due_on), due_on
        duty.moved_at, duty.waived_at, duty.missed_at, duty.state = now, None, None, "open"
        return await self._changed(duty)

    def _note(self, act: str, duty: Obligation, due_after: date | None, decision: Decision, now: datetime) -> None:
        self._session.add(
            DutyAct(
                obligation_id=duty.id,
                act=act,
                due_before=duty.due_on,
                due_after=due_after,
                state_before=duty.state,
                reason=decision.reason,
                document=decision.document,
                person_id=decision.person_id,
                person_name=decision.person_name,
                at=now,
            )
        )

    async def _changed(self, duty: Obligation) -> Obligation:
        duty.settled, duty.silence_due, duty.told_missed, duty.next_step_at = False, False, False, None
        duty.version += 1
        duty.updated_at = func.now()  # set by the database
        await self._session.flush()
        await self._session.refresh(duty)
        return duty
