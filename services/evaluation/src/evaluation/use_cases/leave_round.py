"""A dossier leaves a round that has not closed: returned for repair, taken out, moved to another level."""

from uuid import UUID

from evaluation.domain.dossier_states import DossierState
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.evaluation import DossierLeftRound
from shared.contracts.roles import Level
from shared.errors import Conflict


async def lock_with_round(uow: EvaluationUow, actor: Actor, dossier_id: UUID) -> tuple[DossierRow, RoundRow | None]:
    """The dossier, and the live round it is in, both held FOR UPDATE: the round first, as in closing.

    Raises NotFound out of scope, Conflict when it joined a round in between.
    """
    seen = await uow.dossiers.visible_to(actor).get(dossier_id)
    return await lock_seen(uow, seen)


async def lock_seen(uow: EvaluationUow, seen: DossierRow) -> tuple[DossierRow, RoundRow | None]:
    """As `lock_with_round`, for a dossier the caller may act on already."""
    dossier_id = seen.id
    round_id = await uow.rounds.live_round_of(dossier_id) if seen.state == DossierState.IN_ROUND else None
    round_row = None if round_id is None else await uow.rounds.lock(round_id)
    dossier = await uow.dossiers.everyone().get(dossier_id, lock=True)
    if dossier.state != DossierState.IN_ROUND:
        return dossier, None
    if round_row is None or await uow.rounds.live_round_of(dossier_id) != round_row.id:
        raise Conflict(
            "Hồ sơ vừa được đưa vào một đợt đánh giá: đọc lại rồi thử lại.",
            "The dossier has just joined a round: read it again, then try again.",
            state=dossier.state,
        )
    return dossier, round_row


async def leave_round(uow: EvaluationUow, round_row: RoundRow, dossier: DossierRow, because: str) -> str | None:
    """Take the dossier off the round; the caller holds both and changes the dossier's state.

    Sheets stay where they are and no longer count; drafts are dropped. Members of an open round are told. Returns the
    state in which it joined.
    """
    entry = await uow.rounds.dossier(round_row.id, dossier.id)
    entry.live, entry.left_at, entry.left_because = False, await uow.now(), because
    await uow.score_sheets.drop_drafts(round_row.id, dossier.id)
    schedule = await uow.schedules.find(round_row.id, lock=True)
    if schedule is not None:
        kept = [slot for slot in schedule.agenda if slot["dossier_id"] != str(dossier.id)]
        if kept != schedule.agenda:
            schedule.agenda, schedule.version = kept, schedule.version + 1
    await uow.session.flush()
    seats = await uow.councils.seats(round_row.council_id) if round_row.state == "open" else []
    uow.publish(
        DossierLeftRound(
            round_id=round_row.id,
            dossier_id=dossier.id,
            level=Level(round_row.level),
            unit_code=round_row.unit_code,
            year=round_row.year,
            because=because,
            member_ids=tuple(seat.person_id for seat in seats),
            adviser_ids=tuple(await uow.councils.staff_ids(round_row.council_id, "advisory_head")),
        )
    )
    return entry.state_before
