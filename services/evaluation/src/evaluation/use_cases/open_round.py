"""The secretary opens a round: from now on its members score, blind to each other."""

from uuid import UUID

from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import ALLOWED, round_for_secretary
from shared.auth.actors import Actor
from shared.contracts.evaluation import MemberRecused, ScoringOpened
from shared.contracts.roles import Level
from shared.errors import Conflict


async def open_round(uow: EvaluationUow, actor: Actor, round_id: UUID) -> RoundRow:
    """Open a planned round and tell its members what waits for them. Raises Conflict when it was opened before."""
    round_row = await round_for_secretary(uow, actor, round_id)
    if round_row.state != "planned":
        raise Conflict(
            "Đợt chấm điểm đã mở trước đó.",
            "The round was opened before.",
            state=round_row.state,
            allowed=ALLOWED[round_row.state],
        )
    await uow.councils.lock(round_row.council_id)  # nobody is replaced between this and the commit
    now = await uow.now()
    round_row.state, round_row.opened_at = "open", now
    seats = await uow.councils.seats(round_row.council_id)
    for dossier_id, member_id in await uow.rounds.recused(round_row.id):
        uow.publish(MemberRecused(round_id=round_row.id, dossier_id=dossier_id, member_id=member_id))
    uow.publish(
        ScoringOpened(
            round_id=round_row.id,
            level=Level(round_row.level),
            unit_code=round_row.unit_code,
            unit_name=round_row.unit_name,
            year=round_row.year,
            due_on=round_row.due_on,
            member_ids=tuple(seat.person_id for seat in seats),
            dossiers=len(await uow.rounds.dossiers(round_row.id)),
        )
    )
    await uow.audit(str(actor.person_id), "round.opened", "round", round_row.id)
    return round_row
