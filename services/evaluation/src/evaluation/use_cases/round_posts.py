"""Finding a round for an act, and holding the act to the post of the person who does it."""

from uuid import UUID

from evaluation.domain.councils import presiding
from evaluation.domain.round_access import is_secretary
from evaluation.domain.round_errors import RoundNotOpen
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.errors import Forbidden, NotFound

STATE_NAMES = {
    "planned": ("chưa mở", "not opened yet"),
    "open": ("đang mở", "open"),
    "closed": ("đã đóng", "closed"),
}
ALLOWED = {
    "planned": ["opening"],
    "open": ["score_sheets", "conflicts", "recusals", "knock_outs", "discussions", "rescorings", "closing"],
    "closed": ["results"],
}


async def round_for_chair(
    uow: EvaluationUow, actor: Actor, round_id: UUID, *, lock: bool
) -> tuple[RoundRow, CouncilRow]:
    """The round and its council, for an act of the council's chair. Raises NotFound or Forbidden."""
    round_row = await uow.rounds.get(actor, round_id, lock=lock)
    council = await uow.councils.get(round_row.council_id)
    if council.chair_id != actor.person_id:
        raise Forbidden("Việc này của Chủ tịch Hội đồng.", "This is for the council's chair.")
    return round_row, council


async def dossier_for_presider(uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID) -> RoundDossierRow:
    """A dossier of an open round, held FOR UPDATE with its round, for an act of who presides over it: the chair, or
    where he stands aside the member of the next seat.

    Raises NotFound, Forbidden, RoundNotOpen.
    """
    round_row = await uow.rounds.get(actor, round_id, lock=True)
    entry = await uow.rounds.dossier(round_id, dossier_id)
    await require_not_recused(uow, actor, round_id, dossier_id)
    await require_presider(uow, actor, round_row, dossier_id)
    require_open(round_row)
    return entry


async def require_presider(uow: EvaluationUow, actor: Actor, round_row: RoundRow, dossier_id: UUID) -> None:
    """Raise Forbidden unless the person presides over this dossier."""
    aside = {member for one, member in await uow.rounds.recused(round_row.id) if one == dossier_id}
    seat = presiding(await uow.councils.seats(round_row.council_id), aside)
    if seat is None or seat.person_id != actor.person_id:
        raise Forbidden("Việc này của Chủ tịch Hội đồng.", "This is for the council's chair.")


async def round_for_secretary(uow: EvaluationUow, actor: Actor, round_id: UUID) -> RoundRow:
    """The round, held FOR UPDATE, for an act of the secretary of its unit. Raises NotFound or Forbidden."""
    round_row = await uow.rounds.get(actor, round_id, lock=True)
    if not is_secretary(actor, round_row.level, round_row.unit_code):
        raise Forbidden("Việc này của thư ký đơn vị.", "This is for the unit's secretary.")
    return round_row


async def round_for_member(uow: EvaluationUow, actor: Actor, round_id: UUID) -> RoundRow:
    """The round, held so that it cannot close meanwhile, for an act of a council member.

    Raises NotFound when out of scope, Forbidden for officials who may see the round but have no seat.
    """
    round_row = await uow.rounds.get(actor, round_id, share=True)
    if not await uow.rounds.seated(round_row, actor.person_id):
        raise Forbidden("Việc này của thành viên Hội đồng.", "This is for members of the council.")
    return round_row


def require_open(round_row: RoundRow) -> None:
    """Raise RoundNotOpen unless the round takes score sheets."""
    if round_row.state != "open":
        raise not_open(round_row.state)


def not_open(state: str) -> RoundNotOpen:
    """The refusal for a round in this state."""
    vi, en = STATE_NAMES[state]
    return RoundNotOpen(f"Đợt chấm điểm {vi}.", f"The round is {en}.", state=state, allowed=ALLOWED[state])


async def require_not_recused(uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID) -> None:
    """Raise NotFound for a member who stands aside from this dossier: he may no longer see it."""
    if (dossier_id, actor.person_id) in await uow.rounds.recused(round_id):
        raise NotFound()
