"""The schedule of a round as each may see it, with what is pointed out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from evaluation.domain.calendars import legal_deadline
from evaluation.domain.documents import Faults
from evaluation.domain.faults import Fault
from evaluation.domain.rulesets import Ruleset
from evaluation.persistence.tables.round_schedules import RoundScheduleRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor

COPIES_CLOCK = "council_copies"
"""The clock of a ruleset by which members have their copies before the meeting."""


@dataclass(frozen=True, slots=True)
class SeenSchedule:
    """A schedule as the caller may see it, with what is only pointed out."""

    round_id: UUID
    row: RoundScheduleRow | None
    agenda: list[dict[str, Any]]
    warnings: list[Fault]


async def read_schedule(uow: EvaluationUow, actor: Actor, round_id: UUID) -> SeenSchedule:
    """The schedule; empty before one was set. A member does not see dossiers he stands aside from."""
    round_row = await uow.rounds.get(actor, round_id)
    row = await uow.schedules.find(round_id)
    if row is None:
        return SeenSchedule(round_id, None, [], [])
    recused = await uow.rounds.recused(round_id)
    agenda = [slot for slot in row.agenda if (UUID(slot["dossier_id"]), actor.person_id) not in recused]
    rulesets = {
        p.ruleset_id: await uow.rules.ruleset(p.ruleset_id) for p in await uow.schedules.proposals(round_row.id)
    }
    return SeenSchedule(round_id, row, agenda, _warnings(row, rulesets.values()))


def _warnings(row: RoundScheduleRow, rulesets: Iterable[Ruleset]) -> list[Fault]:
    """Copies that reach members later than a ruleset asks for are pointed out, not refused."""
    if not row.meetings:
        return []
    first = date.fromisoformat(min(str(meeting["on"]) for meeting in row.meetings))
    found = Faults()
    for ruleset in rulesets:
        clock = ruleset.clock(COPIES_CLOCK)
        if clock is None:
            continue
        by = legal_deadline(clock, first)
        if row.copies_sent_on is None or row.copies_sent_on > by:
            found.add(
                "copies_sent_on",
                "copies_late",
                f"bản sao hồ sơ phải tới thành viên chậm nhất {by:%d/%m/%Y} ({clock.ref})",
                f"members must have their copies by {by.isoformat()} ({clock.ref})",
            )
    return list(found)
