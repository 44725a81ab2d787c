"""The secretary of a unit sets up the council of its level."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from evaluation.domain.access import SECRETARIES
from evaluation.domain.catalogue import DEFAULT_CHARTER
from evaluation.domain.charters import Charter
from evaluation.domain.council_posts import CHAIR, MEMBER, Person, post_faults
from evaluation.domain.councils import CHAIR_SEAT, seat_order, size_faults
from evaluation.domain.rulesets import Ruleset
from evaluation.persistence.tables.council_staff import CouncilStaffRow
from evaluation.persistence.tables.councils import CouncilMemberRow, CouncilRow
from evaluation.persistence.tables.rules import CharterRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Text
from shared.ids import new_id


async def establish_council(
    uow: EvaluationUow,
    actor: Actor,
    level: Level,
    unit_code: str,
    year: int,
    decision_number: str,
    charter_id: str | None,
    chair_id: UUID,
    members: Sequence[tuple[UUID, str, str]],
    *,
    decided_on: date | None = None,
    posts: Mapping[UUID, Person] | None = None,
    staff: Sequence[Person] = (),
) -> CouncilRow:
    """Set up a council of `members` (person, name, body) under one version of a charter (26/2026 Art. 7.3.b, 7.4.b).

    Without `charter_id` it is the unit's own charter in force on the day of the decision, else the system's default.
    Raises Forbidden for another unit, Invalid for a composition the charter or a level the law does not know,
    Conflict when a council stands by this decision already.
    """
    role = SECRETARIES.get(level)
    if role is None or unit_code not in actor.units(role):
        raise Forbidden(
            "Chỉ thư ký của đơn vị thành lập được Hội đồng của đơn vị đó.",
            "Only the unit's own secretary sets up its council.",
            needs=[] if role is None else [role.value],
            unit_code=unit_code,
        )
    await _require_scoring_level(uow, level, year)
    charter = await _charter(uow, level, unit_code, charter_id, decided_on or await uow.today())
    people = {person_id: (name, body) for person_id, name, body in members}
    listed = [person_id for person_id, _, _ in members]
    named = posts or {}
    faults = size_faults(charter, chair_id, listed) + post_faults(charter, chair_id, listed, named, staff)
    if decided_on is not None and decided_on > await uow.today():
        later = Text("ngày ký ở tương lai", "the day of signature is in the future")
        faults.append(Fault("decided_on", "in_the_future", later))
    if faults:
        raise Invalid(faults=faults)
    if await uow.councils.established_by(level, unit_code, year, decision_number):
        raise Conflict(
            f"Đã có Hội đồng thành lập theo quyết định {decision_number} năm {year}.",
            f"There is a council set up by decision {decision_number} of {year}.",
        )
    council = CouncilRow(
        id=new_id(),
        level=level,
        unit_code=unit_code,
        year=year,
        decision_number=decision_number,
        decided_on=decided_on,
        charter_id=charter.id,
        charter_hash=charter.content_hash,
        chair_id=chair_id,
        created_by=actor.person_id,
    )
    seats = [
        CouncilMemberRow(
            council_id=council.id,
            person_id=person_id,
            seat=seat,
            name=people[person_id][0],
            body=people[person_id][1],
            post=CHAIR if person_id == chair_id else named[person_id].post if person_id in named else MEMBER,
            body_code=named[person_id].body_code if person_id in named else None,
        )
        for seat, person_id in enumerate(seat_order(chair_id, listed), CHAIR_SEAT)
    ]
    await uow.rules.mark_used(CharterRow, charter.id, charter.content_hash)
    helpers = [
        CouncilStaffRow(
            council_id=council.id,
            person_id=person.person_id,
            post=person.post,
            name=person.name,
            body=person.body,
            body_code=person.body_code,
        )
        for person in staff
    ]
    await uow.councils.add(council, seats, helpers)
    await uow.audit(
        str(actor.person_id),
        "council.established",
        "council",
        council.id,
        {
            "level": level,
            "unit_code": unit_code,
            "decision_number": decision_number,
            "members": [str(p) for p in listed],
        },
    )
    return council


async def _charter(uow: EvaluationUow, level: Level, unit_code: str, charter_id: str | None, on: date) -> Charter:
    """The charter asked for, which must be this body's or everybody's and in force; else the body's own in force."""
    if charter_id is None:
        charter_id = await uow.rules.charter_in_force(level, unit_code, on) or DEFAULT_CHARTER
    try:
        row = await uow.rules.charter_row(charter_id)
    except NotFound as error:
        unknown = Text(f"không có quy chế {charter_id}", f"there is no charter {charter_id}")
        raise Invalid(faults=[Fault("charter", "unknown", unknown)]) from error
    if row.unit_code is not None and (row.level, row.unit_code) != (level, unit_code):
        other = Text(f"{charter_id} là quy chế của Hội đồng khác", f"{charter_id} is the charter of another council")
        raise Invalid(faults=[Fault("charter", "of_another_unit", other)])
    if row.effective_from > on or (row.effective_to is not None and row.effective_to < on):
        ended = Text(f"{charter_id} không có hiệu lực ngày {on:%d/%m/%Y}", f"{charter_id} is not in force on {on}")
        raise Invalid(faults=[Fault("charter", "not_in_force", ended)])
    return await uow.rules.charter(charter_id)


async def _require_scoring_level(uow: EvaluationUow, level: Level, year: int) -> None:
    """Refuse a level at which no ruleset in force within the year gives points."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    rulesets = [r for r in await uow.rules.rulesets() if _in_force(r, first, last)]
    if not any(entry.scores and entry.code == level for ruleset in rulesets for entry in ruleset.levels):
        text = Text(
            f"năm {year} không có quy định nào giao cấp này chấm điểm",
            f"no ruleset in force in {year} lets this level score",
        )
        raise Invalid(faults=[Fault("level", "does_not_score", text)])


def _in_force(ruleset: Ruleset, first: date, last: date) -> bool:
    return ruleset.effective_from <= last and (ruleset.effective_to is None or ruleset.effective_to >= first)
