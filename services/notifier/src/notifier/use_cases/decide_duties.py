"""Officials above a duty waive it, or give it another last day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from notifier.domain.access import may_decide, scope_of
from notifier.domain.duties import Act
from notifier.persistence.duty_acts import Decision
from notifier.persistence.tables.obligations import Obligation
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.settle_duties import is_told, lifted
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Forbidden, Invalid, Text
from shared.http.etags import check_version


@dataclass(frozen=True, slots=True)
class WaiverOf:
    """Which duty, in which version, and why, by which written decision."""

    obligation_id: UUID
    version: int
    reason: str
    document: str | None


@dataclass(frozen=True, slots=True)
class MoveOf(WaiverOf):
    """And to which last day."""

    due_on: date


async def waive_duty(uow: NotifierUow, actor: Actor, waiver: WaiverOf) -> Obligation:
    """Nobody owes it any more; what was told of it being missed is taken back.

    Raises NotFound, Forbidden for who does not stand above it, Stale, and Conflict for a duty that is over.
    """
    duty = await _decidable(uow, actor, waiver, Act.WAIVE)
    return _told(uow, await uow.duty_acts.waive(duty, _decision(actor, waiver), await uow.now()))


async def move_duty(uow: NotifierUow, actor: Actor, move: MoveOf) -> Obligation:
    """The duty is due on another day, today or later; a missed one is open again.

    Raises as `waive_duty`, and Invalid for a day that is past or that it is due on already.
    """
    duty = await _decidable(uow, actor, move, Act.MOVE)
    if move.due_on < await uow.today():
        text = Text("Ngày mới đã qua; chọn hôm nay hoặc ngày sau.", "The new day is past; take today or a later one.")
        raise Invalid(faults=[Fault("due_on", "past", text)])
    if move.due_on == duty.due_on:
        text = Text("Nghĩa vụ đã có đúng hạn này.", "The duty is due on that day already.")
        raise Invalid(faults=[Fault("due_on", "unchanged", text)])
    return _told(uow, await uow.duty_acts.move(duty, move.due_on, _decision(actor, move), await uow.now()))


async def _decidable(uow: NotifierUow, actor: Actor, decision: WaiverOf, act: Act) -> Obligation:
    duty = await uow.obligations.lock(scope_of(actor), decision.obligation_id)
    if not may_decide(actor, duty.owner_key, duty.superior, duty.superior_unit_code):
        raise Forbidden(
            "Chỉ cấp trên của đơn vị, cá nhân có nghĩa vụ hoặc cấp tỉnh được miễn hay dời hạn.",
            "Only the office above who owes it, or the province, may waive or move a duty.",
        )
    check_version(decision.version, duty.version)
    if act not in duty.allowed_acts:
        raise Conflict(
            "Hạn của nghĩa vụ này do pháp luật hoặc nơi khác trong hệ thống đặt ra.",
            "The law, or another part of the system, sets the date of this duty.",
            state=duty.state,
            allowed=list(duty.allowed_acts),
        )
    revivable = act is Act.MOVE and duty.state == "waived" and duty.waived_at is not None
    if duty.state not in ("open", "missed") and not revivable:
        raise Conflict(
            "Nghĩa vụ này đã xong hoặc đã được miễn.",
            "This duty is met or waived already.",
            state=duty.state,
            allowed=[],
        )
    return duty


def _told(uow: NotifierUow, duty: Obligation) -> Obligation:
    if is_told(duty):
        uow.publish(lifted(duty))
    return duty


def _decision(actor: Actor, decision: WaiverOf) -> Decision:
    return Decision(decision.reason, decision.document, actor.person_id, actor.name)
