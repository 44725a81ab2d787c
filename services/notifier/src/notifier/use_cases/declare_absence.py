"""Officials say when they are absent and who stands in; whoever stands above them may say it for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from notifier.data import read_json
from notifier.domain.absences import (
    Absence,
    AbsenceRules,
    Change,
    Circle,
    Office,
    longest_chain,
    read_absence_rules,
    share_a_unit,
)
from notifier.domain.access import PROVINCE
from notifier.persistence.absences import Holder
from notifier.persistence.tables.absences import AbsenceRow
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, NotFound, Text


@cache
def absence_rules() -> AbsenceRules:
    """The shipped rules."""
    return read_absence_rules(read_json("absence-rules.json"))


@dataclass(frozen=True, slots=True)
class AbsenceOf:
    """Who is absent on which days, both inclusive, and who stands in."""

    person_id: UUID
    deputy_id: UUID
    from_on: date
    to_on: date
    reason: str | None


async def declare_absence(uow: NotifierUow, actor: Actor, asked: AbsenceOf) -> AbsenceRow:
    """From its first day on the deputy is told what the offices of the absent are told; of the absence, now.

    Raises NotFound for somebody the caller does not stand above, Invalid for days or a deputy that cannot be, Conflict
    for an absence at the same time, a circle of deputies, or too long a chain of them.
    """
    rules = absence_rules()
    await uow.absences.alone()
    _refuse_days(asked, await uow.today(), rules)
    absent = await uow.absences.holder(asked.person_id, asked.from_on, asked.from_on)
    offices = [one for one in absent.offices if one.role not in rules.not_deputised_roles] if absent else []
    above = await _stands_above(uow, actor, asked.person_id, offices)
    if absent is None or not (above or actor.person_id == asked.person_id):
        raise NotFound("Không có người này trong phạm vi của bạn.", "There is no such person within your scope.")
    if not offices:
        raise Conflict(
            "Chức danh này phải tự mình thực hiện, không có người thay.",
            "What is held is personal: nobody stands in for it.",
            state="personal",
            allowed=[],
        )
    deputy = await uow.absences.holder(asked.deputy_id, asked.from_on, asked.to_on)
    basis = _basis(rules, offices, deputy, above=above)
    _refuse_chains(asked, await uow.absences.overlapping(asked.from_on, asked.to_on), rules)
    row = AbsenceRow(
        person_id=asked.person_id,
        person_name=absent.name,
        deputy_id=asked.deputy_id,
        deputy_name=deputy.name if deputy else "",
        from_on=asked.from_on,
        to_on=asked.to_on,
        basis=basis,
        reason=asked.reason,
        declared_by=actor.person_id,
        declared_at=await uow.now(),
    )
    await uow.absences.add(row)
    await uow.absences.tell_deputy(row.id, Change.DECLARED, row.declared_at, await uow.today())
    await _note(uow, actor, "declare", row)
    return row


async def cancel_absence(uow: NotifierUow, actor: Actor, absence_id: UUID) -> AbsenceRow:
    """From now on the person is told again, and the deputy is told so.

    Raises NotFound for who neither is nor stands above the absent, Conflict for one that is over or cancelled.
    """
    await uow.absences.alone()
    row = await uow.absences.find(absence_id)
    if row is not None and actor.person_id not in (row.person_id, row.declared_by):
        absent = await uow.absences.holder(row.person_id, row.from_on, row.from_on)
        if not await _stands_above(uow, actor, row.person_id, absent.offices if absent else []):
            row = None
    if row is None:
        raise NotFound("Không có lần vắng mặt này trong phạm vi của bạn.", "There is no such absence in your scope.")
    if row.cancelled_at is not None or row.to_on < await uow.today():
        raise Conflict(
            "Lần vắng mặt này đã hết hoặc đã hủy.",
            "This absence is over, or was cancelled.",
            state="cancelled" if row.cancelled_at else "over",
            allowed=[],
        )
    now = await uow.now()
    row.cancelled_at, row.cancelled_by = now, actor.person_id
    await uow.flush()
    await uow.absences.tell_deputy(row.id, Change.CANCELLED, now, await uow.today())
    await _note(uow, actor, "cancel", row)
    return row


async def _stands_above(uow: NotifierUow, actor: Actor, person_id: UUID, offices: Sequence[Office]) -> bool:
    if actor.person_id == person_id:
        return False
    own = [Office(one.role.value, one.unit_code) for one in actor.appointments]
    return actor.has(*PROVINCE) or await uow.absences.stands_above(own, offices)


def _basis(rules: AbsenceRules, offices: Sequence[Office], deputy: Holder | None, *, above: bool) -> str:
    """On what the deputy may be one. Raises Invalid."""
    if deputy is None:
        vi = "Không giữ chức danh nào suốt thời gian này"
        raise _invalid("deputy_id", "no_office", vi, "Holds no office for the whole of this time")
    if share_a_unit(rules, offices, deputy.offices):
        return "same_unit"
    if above:
        return "superior"
    vi = "Phải giữ chức danh cùng đơn vị, hoặc do cấp trên cử"
    raise _invalid("deputy_id", "other_unit", vi, "Must hold an office of the same unit, or be named from above")


def _refuse_days(asked: AbsenceOf, today: date, rules: AbsenceRules) -> None:
    if asked.to_on < asked.from_on:
        raise _invalid("to_on", "range", "Trước ngày bắt đầu", "Lies before the first day")
    if asked.from_on < today:
        raise _invalid("from_on", "past", "Ngày bắt đầu đã qua", "The first day is past")
    if (asked.to_on - asked.from_on).days >= rules.longest_days:
        vi = f"Quá {rules.longest_days} ngày: hãy bổ nhiệm người khác trong hệ thống đăng ký"
        raise _invalid("to_on", "too_long", vi, f"More than {rules.longest_days} days: appoint somebody else")
    if asked.deputy_id == asked.person_id:
        raise _invalid("deputy_id", "self", "Không tự thay mình", "Nobody stands in for himself")


def _refuse_chains(asked: AbsenceOf, known: Sequence[Absence], rules: AbsenceRules) -> None:
    new = Absence(asked.person_id, asked.deputy_id, asked.from_on, asked.to_on)
    if any(one.person == new.person for one in known):
        raise Conflict(
            "Đã khai vắng mặt trong thời gian này.",
            "There is an absence at this time already.",
            state="absent",
            allowed=["POST /absences/{absence_id}/cancellation"],
        )
    try:
        hops = longest_chain(new, known)
    except Circle as error:
        raise Conflict(
            "Người thay cũng vắng và lại do người này thay: không ai nhận được thông báo.",
            "They would stand in for each other: nobody could be told.",
            state="circle",
            allowed=[],
        ) from error
    if hops > rules.most_hops:
        raise Conflict(
            f"Chuỗi người thay dài {hops} bậc, tối đa {rules.most_hops}.",
            f"A chain of {hops} deputies; {rules.most_hops} at most.",
            state="too-long",
            allowed=[],
        )


def _invalid(field: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(faults=[Fault(field, code, Text(vi, en))])


async def _note(uow: NotifierUow, actor: Actor, action: str, row: AbsenceRow) -> None:
    details = {"person": row.person_id, "deputy": row.deputy_id, "from_on": row.from_on, "to_on": row.to_on}
    await uow.audit(str(actor.person_id), action, "absence", row.id, details | {"basis": row.basis})
