"""The secretary sets when a round sits, in which order, and who is invited."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from evaluation.domain.clocks import next_round
from evaluation.domain.documents import Faults
from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.round_errors import RoundTooLate
from evaluation.persistence.tables.round_schedules import RoundScheduleRow
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import ALLOWED, round_for_secretary
from shared.auth.actors import Actor
from shared.contracts.evaluation import RoundScheduled
from shared.contracts.roles import Level
from shared.errors import Conflict, PreconditionRequired, Stale


@dataclass(frozen=True, slots=True)
class Meeting:
    """A sitting of the council."""

    on: date
    at: time | None
    place: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A dossier's place in the agenda; `meeting` counts the meetings from 1."""

    dossier_id: UUID
    meeting: int
    starts_at: time | None
    presenter: str | None


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invited, of the council or not."""

    name: str
    body: str
    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A round's schedule as the secretary writes it. `extra`: a round beside those the law fixes, by the charter."""

    extra: bool
    proposal_deadline: date | None
    copies_sent_on: date | None
    advisory_due_on: date | None
    meetings: Sequence[Meeting]
    agenda: Sequence[Slot]
    invited: Sequence[Guest]


async def schedule_round(
    uow: EvaluationUow, actor: Actor, round_id: UUID, wished: Schedule, expected: int | None
) -> RoundScheduleRow:
    """Set or change the schedule of a round that is not closed; who must come or report is told (26/2026 Art. 5).

    Meetings must be strictly before the `held_before` day of the round the ruleset puts each dossier in, by the day
    it was proposed; an extra round is held to no such day and needs the charter. Raises NotFound, Forbidden,
    Conflict for a closed round, RoundTooLate naming dossiers, Invalid, Stale or PreconditionRequired.
    """
    round_row = await round_for_secretary(uow, actor, round_id)
    if round_row.state == "closed":
        raise Conflict("Đợt đã đóng.", "The round is closed.", state=round_row.state, allowed=ALLOWED[round_row.state])
    row = await uow.schedules.find(round_id, lock=True)
    _check_version(row, expected)
    proposals = await uow.schedules.proposals(round_id)
    council = await uow.councils.get(round_row.council_id)
    charter = await uow.rules.charter(council.charter_id)
    _check_words(wished, round_row, {p.dossier_id for p in proposals}, await uow.today())
    if wished.extra and not charter.extra_rounds:
        raise Conflict(
            "Quy chế không cho phép đợt đánh giá bổ sung.",
            "The charter allows no extra round.",
            rule=charter.source("extra_rounds"),
        )
    if not wished.extra:
        await _require_in_time(uow, round_row, wished, proposals)
    if row is None:
        row = RoundScheduleRow(round_id=round_id, version=0)
        uow.schedules.add(row)
    _write(row, wished, actor.person_id)
    row.updated_at = await uow.now()
    await uow.session.flush()
    await _tell(uow, round_row, row, [p.dossier_id for p in proposals])
    await uow.audit(str(actor.person_id), "round.scheduled", "round", round_id, {"version": row.version})
    return row


def _check_version(row: RoundScheduleRow | None, expected: int | None) -> None:
    current = 0 if row is None else row.version
    if expected is None and row is not None:
        raise PreconditionRequired(
            "Đã có lịch: gửi If-Match với ETag của lần đọc gần nhất.",
            "There is a schedule: send If-Match with the ETag of your latest read.",
        )
    if expected is not None and expected != current:
        raise Stale("Lịch đã được sửa; đọc lại rồi sửa tiếp.", "The schedule changed; read again, then edit.")


def _check_words(wished: Schedule, round_row: RoundRow, members: set[UUID], today: date) -> None:
    faults = Faults()
    for i, meeting in enumerate(wished.meetings):
        if meeting.on < today and round_row.state == "planned":
            faults.add(f"meetings[{i}].on", "passed", "ngày họp đã qua", "the day has passed")
        if meeting.on > round_row.due_on:
            faults.add(
                f"meetings[{i}].on",
                "after_due",
                f"sau hạn của đợt {round_row.due_on:%d/%m/%Y}",
                f"is after the round's due_on {round_row.due_on.isoformat()}",
            )
        if wished.proposal_deadline is not None and meeting.on < wished.proposal_deadline:
            faults.add(f"meetings[{i}].on", "order", "trước hạn đề nghị đánh giá", "is before the proposal deadline")
    _check_agenda(wished, members, faults)
    if wished.advisory_due_on is not None and wished.advisory_due_on > round_row.due_on:
        faults.add("advisory_due_on", "after_due", "sau hạn của đợt", "is after the round's due_on")
    if faults:
        raise invalid(ScoreError(faults))


def _check_agenda(wished: Schedule, members: set[UUID], faults: Faults) -> None:
    seen: set[UUID] = set()
    for i, slot in enumerate(wished.agenda):
        if slot.dossier_id not in members:
            faults.add(f"agenda[{i}].dossier_id", "not_in_round", "hồ sơ không thuộc đợt", "is not in the round")
        if slot.dossier_id in seen:
            faults.add(f"agenda[{i}].dossier_id", "not_unique", "hồ sơ bị lặp", "the dossier is there twice")
        seen.add(slot.dossier_id)
        if not 1 <= slot.meeting <= len(wished.meetings):
            faults.add(f"agenda[{i}].meeting", "unknown", "không có buổi họp này", "there is no such meeting")


async def _require_in_time(uow: EvaluationUow, round_row: RoundRow, wished: Schedule, proposals: Sequence[Any]) -> None:
    last_meeting = max((meeting.on for meeting in wished.meetings), default=None)
    late = []
    for proposal in proposals:
        ruleset = await uow.rules.ruleset(proposal.ruleset_id)
        proposed_on = max(day for day in (proposal.filed_on, proposal.refiled_on, proposal.reported_on) if day)
        dates = next_round(ruleset.rounds, round_row.level, proposed_on)
        if dates is None:
            continue
        overdue = last_meeting is not None and last_meeting > dates.hold_by
        unfit = wished.proposal_deadline is not None and wished.proposal_deadline > dates.propose_by
        if overdue or unfit:
            late.append(
                {
                    "dossier_id": str(proposal.dossier_id),
                    "proposed_on": proposed_on.isoformat(),
                    "propose_by": dates.propose_by.isoformat(),
                    "hold_by": dates.hold_by.isoformat(),
                    "rule": ruleset.source("rounds"),
                }
            )
    if late:
        raise RoundTooLate(
            f"{len(late)} hồ sơ phải được đánh giá trước ngày quy định của đợt (xem hold_by).",
            f"{len(late)} dossiers belong to a round that must be held earlier (see hold_by).",
            dossiers=late,
        )


def _write(row: RoundScheduleRow, wished: Schedule, person_id: UUID) -> None:
    row.extra = wished.extra
    row.proposal_deadline, row.copies_sent_on = wished.proposal_deadline, wished.copies_sent_on
    row.advisory_due_on = wished.advisory_due_on
    row.meetings = [_plain(asdict(meeting)) for meeting in wished.meetings]
    row.agenda = [_plain(asdict(slot)) for slot in wished.agenda]
    row.invited = [_plain(asdict(guest)) for guest in wished.invited]
    row.set_by = person_id
    row.version += 1


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date | time) else str(value) if isinstance(value, UUID) else value
        for key, value in values.items()
    }


async def _tell(uow: EvaluationUow, round_row: RoundRow, row: RoundScheduleRow, dossier_ids: list[UUID]) -> None:
    seats = await uow.councils.seats(round_row.council_id)
    heads = await uow.councils.staff_ids(round_row.council_id, "advisory_head")
    staff = await uow.councils.staff_ids(
        round_row.council_id, "secretary", "advisory_head", "advisory_member", "invited_expert"
    )
    reported = await uow.advice.reported(dossier_ids, round_row.level)
    first = min(row.meetings, key=lambda meeting: str(meeting["on"]), default=None)
    uow.publish(
        RoundScheduled(
            round_id=round_row.id,
            level=Level(round_row.level),
            unit_code=round_row.unit_code,
            unit_name=round_row.unit_name,
            year=round_row.year,
            meeting_on=None if first is None else date.fromisoformat(first["on"]),
            place=None if first is None else first["place"],
            attending=tuple(dict.fromkeys([*(seat.person_id for seat in seats), *staff])),
            adviser_ids=tuple(heads),
            advisory_due_on=row.advisory_due_on,
            dossier_ids=tuple(dossier_id for dossier_id in dossier_ids if dossier_id not in reported),
        )
    )
