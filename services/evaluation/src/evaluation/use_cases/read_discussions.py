"""What a council discussed, to those who may read it."""

from uuid import UUID

from evaluation.domain.round_access import is_secretary
from evaluation.persistence.tables.council_acts import DiscussionRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor


async def read_discussions(uow: EvaluationUow, actor: Actor, round_id: UUID) -> list[DiscussionRow]:
    """Discussions of a round. While it is open: to its council and its unit's secretary, who were in the room, but not
    to a member who still has to score the dossier. Once it has closed: to everybody who may see the round.

    Raises NotFound.
    """
    round_row = await uow.rounds.get(actor, round_id)
    if round_row.state == "closed":
        return await uow.council_acts.discussions(actor, round_id, blind=False)
    if await uow.rounds.seated(round_row, actor.person_id):
        return await uow.council_acts.discussions(actor, round_id, blind=True)
    if is_secretary(actor, round_row.level, round_row.unit_code):
        return await uow.council_acts.discussions(actor, round_id, blind=False)
    return []
