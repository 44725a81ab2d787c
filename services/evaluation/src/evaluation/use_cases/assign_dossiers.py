"""The secretary puts dossiers into a round that is not opened, or takes them out."""

from collections.abc import Sequence
from uuid import UUID

from evaluation.domain.dossier_states import Step, next_state
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.leave_round import leave_round
from evaluation.use_cases.plan_round import waits_for
from evaluation.use_cases.round_posts import ALLOWED, round_for_secretary
from shared.auth.actors import Actor
from shared.errors import Conflict


async def assign_dossiers(uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_ids: Sequence[UUID]) -> RoundRow:
    """Put more dossiers into a round that is not opened. Raises Conflict naming those that do not wait for it."""
    round_row = await _planned(uow, actor, round_id)
    council = await uow.councils.get(round_row.council_id)
    dossiers = await uow.dossiers.visible_to(actor).get_many(dossier_ids, lock=True)
    strangers = [dossier for dossier in dossiers if not waits_for(dossier, council)]
    if strangers:
        raise Conflict(
            "Có hồ sơ không chờ Hội đồng này chấm điểm.",
            "Some dossiers do not wait for this council.",
            dossiers=[{"dossier_id": str(d.id), "state": d.state, "level": d.level} for d in strangers],
        )
    for dossier in dossiers:
        before, dossier.state = dossier.state, next_state(dossier.state, Step.JOIN_ROUND)
        entry = await uow.schedules.entry(round_id, dossier.id)
        if entry is None:
            assert dossier.ruleset_hash is not None
            assert dossier.sheet_hash is not None
            entry = RoundDossierRow(
                round_id=round_id,
                dossier_id=dossier.id,
                ruleset_id=dossier.ruleset_id,
                ruleset_hash=dossier.ruleset_hash,
                sheet_id=dossier.sheet_id,
                sheet_hash=dossier.sheet_hash,
            )
            uow.schedules.add(entry)
        entry.live, entry.left_at, entry.left_because, entry.state_before = True, None, None, before
    await uow.rounds.carry_conflicts(round_id)
    details = {"dossiers": [str(dossier.id) for dossier in dossiers]}
    await uow.audit(str(actor.person_id), "round.assigned", "round", round_id, details)
    return round_row


async def take_out_dossiers(uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_ids: Sequence[UUID]) -> RoundRow:
    """Take dossiers out of a round that is not opened; they wait again as before it. Raises NotFound, DossierLeft."""
    round_row = await _planned(uow, actor, round_id)
    for dossier in await uow.dossiers.visible_to(actor).get_many(dossier_ids, lock=True):
        await uow.rounds.dossier(round_id, dossier.id)
        after = next_state(dossier.state, Step.TAKE_OUT)
        dossier.state = await leave_round(uow, round_row, dossier, "taken_out") or after
    await uow.session.flush()
    details = {"dossiers": [str(dossier_id) for dossier_id in dossier_ids]}
    await uow.audit(str(actor.person_id), "round.taken_out", "round", round_id, details)
    return round_row


async def _planned(uow: EvaluationUow, actor: Actor, round_id: UUID) -> RoundRow:
    round_row = await round_for_secretary(uow, actor, round_id)
    if round_row.state != "planned":
        raise Conflict(
            "Chỉ thêm, bớt hồ sơ trước khi mở đợt.",
            "Dossiers are put in or taken out before the round opens.",
            state=round_row.state,
            allowed=ALLOWED[round_row.state],
        )
    return round_row
