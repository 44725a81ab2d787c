"""A later decision puts one person in the place of a council's member."""

from datetime import date
from uuid import UUID

from evaluation.domain.council_posts import CHAIR, EXPERT, Person
from evaluation.domain.councils import CHAIR_SEAT
from evaluation.domain.round_access import is_secretary
from evaluation.domain.round_errors import RoundOpen
from evaluation.persistence.tables.council_staff import CouncilChangeRow
from evaluation.persistence.tables.councils import CouncilMemberRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.errors import Fault, Forbidden, Invalid, Text
from shared.ids import new_id


async def replace_member(
    uow: EvaluationUow,
    actor: Actor,
    council_id: UUID,
    leaves: UUID,
    joins: Person,
    decision_number: str,
    decided_on: date,
) -> CouncilChangeRow:
    """Replace a member while none of the council's rounds is open; who left, and by which decision, is kept.

    The new member gets a seat number of his own, so that "TV3" of an earlier result stays who it was; the chair's
    seat stays the chair's. Raises NotFound, Forbidden, RoundOpen, Invalid.
    """
    council = (await uow.councils.read(actor, council_id))[0]
    if not is_secretary(actor, council.level, council.unit_code):
        raise Forbidden("Việc này của thư ký đơn vị.", "This is for the unit's secretary.")
    council = await uow.councils.lock(council_id)
    if open_rounds := await uow.schedules.open_rounds(council_id):
        raise RoundOpen(
            "Hội đồng đang có đợt chấm điểm mở: thay thành viên sau khi đóng đợt.",
            "The council has an open round: replace members when it is closed.",
            state="open",
            allowed=["closing"],
            rounds=[str(round_id) for round_id in open_rounds],
        )
    members = {member.person_id: member for member in await uow.councils.members(council_id)}
    staff = await uow.councils.staff_ids(council_id, "secretary", "advisory_head", "advisory_member")
    changes = await uow.councils.changes(council_id)
    charter = await uow.rules.charter(council.charter_id)
    await _check(uow, council.decided_on, leaves, joins, decided_on, set(members), set(staff), charter.experts_vote)
    left = members[leaves]
    used = [m.seat for m in members.values()] + [s for c in changes for s in (c.left_seat, c.joined_seat)]
    seat = CHAIR_SEAT if left.seat == CHAIR_SEAT else max(used) + 1
    member = CouncilMemberRow(
        council_id=council_id,
        person_id=joins.person_id,
        seat=seat,
        name=joins.name,
        body=joins.body,
        post=CHAIR if seat == CHAIR_SEAT else joins.post,
        body_code=joins.body_code,
    )
    change = CouncilChangeRow(
        id=new_id(),
        council_id=council_id,
        left_seat=left.seat,
        left_id=left.person_id,
        left_name=left.name,
        left_body=left.body,
        joined_seat=seat,
        joined_id=joins.person_id,
        joined_name=joins.name,
        joined_body=joins.body,
        decision_number=decision_number,
        decided_on=decided_on,
        changed_by=actor.person_id,
    )
    if seat == CHAIR_SEAT:
        council.chair_id = joins.person_id
    await uow.councils.replace(left, member, change)
    details = {"leaves": str(leaves), "joins": str(joins.person_id), "decision_number": decision_number}
    await uow.audit(str(actor.person_id), "council.member_replaced", "council", council_id, details)
    return change


async def _check(
    uow: EvaluationUow,
    established_on: date | None,
    leaves: UUID,
    joins: Person,
    decided_on: date,
    members: set[UUID],
    staff: set[UUID],
    experts_vote: bool,
) -> None:
    faults = []
    if leaves not in members:
        faults.append(Fault("leaves", "not_a_member", Text("không phải thành viên", "is not a member")))
    if joins.person_id in members | staff:
        taken = Text("đã có vị trí trong Hội đồng", "holds a post in the council")
        faults.append(Fault("joins.person_id", "not_unique", taken))
    if joins.post == EXPERT and not experts_vote:
        no_vote = Text("theo quy chế chuyên gia không chấm điểm", "by the charter experts have no vote")
        faults.append(Fault("joins.post", "no_vote", no_vote))
    if decided_on > await uow.today():
        faults.append(Fault("decided_on", "in_the_future", Text("ngày ký ở tương lai", "lies in the future")))
    if established_on is not None and decided_on < established_on:
        before = Text("trước ngày thành lập Hội đồng", "is before the council was set up")
        faults.append(Fault("decided_on", "order", before))
    if faults:
        raise Invalid(faults=faults)
