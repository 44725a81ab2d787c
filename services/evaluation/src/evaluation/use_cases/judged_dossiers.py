"""Dossiers with their newest result, held for a decision over one or many of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from evaluation.domain.dossier_states import DossierState, Step, next_state
from evaluation.persistence.settlements import Judged
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.errors import Conflict, NotFound, Problem


@dataclass(frozen=True, slots=True)
class Held:
    """A dossier and its result, both held by this transaction. `round_row` is None for a recorded result."""

    dossier: DossierRow
    judged: Judged
    round_row: RoundRow | None


async def hold_judged(
    uow: EvaluationUow, actor: Actor, dossier_ids: Sequence[UUID], step: Step
) -> tuple[list[Held], dict[UUID, Problem]]:
    """The scored dossiers that may take `step`, and the refusal of each other.

    Lock order: rounds by id, then dossiers by id, as in closing.
    """
    ids = list(dict.fromkeys(dossier_ids))
    scoped = uow.dossiers.visible_to(actor)
    seen = await scoped.find_many(ids)
    before = await uow.settlements.judged(seen)
    rounds = await uow.settlements.lock_rounds(j.round_id for j in before.values() if j.round_id is not None)
    dossiers = await scoped.find_many(ids, lock=True)
    judged = await uow.settlements.judged(dossiers)
    held, refused = list[Held](), dict[UUID, Problem]()
    for dossier_id in ids:
        try:
            held.append(_one(dossiers.get(dossier_id), judged.get(dossier_id), rounds, step))
        except Problem as problem:
            refused[dossier_id] = problem
    return held, refused


def _one(dossier: DossierRow | None, judged: Judged | None, rounds: dict[UUID, RoundRow], step: Step) -> Held:
    if dossier is None:
        raise NotFound()
    if judged is None or dossier.state != DossierState.SCORED:
        next_state(dossier.state, step)
        raise Conflict(
            "Hồ sơ chưa có kết quả để quyết định.", "The dossier has no result to act on.", state=dossier.state
        )
    round_row = None
    if judged.round_id is not None:
        round_row = rounds.get(judged.round_id)
        if round_row is None:
            raise Conflict("Kết quả đã được xử lý.", "The result was acted on meanwhile.", state=dossier.state)
    return Held(dossier, judged, round_row)


def refuse_by_name(refused: dict[UUID, Problem], several: bool) -> list[dict[str, object]]:
    """What a refusal over several dossiers says of each. One dossier alone: its own refusal is raised."""
    if refused and not several:
        raise next(iter(refused.values()))
    return [
        {
            "dossier_id": str(dossier_id),
            "type": problem.slug,
            "vi": problem.detail.vi,
            "en": problem.detail.en,
            "errors": [{"field": fault.field, "code": fault.code} for fault in problem.faults],
        }
        | {key: problem.extra[key] for key in ("state", "allowed") if key in problem.extra}
        for dossier_id, problem in refused.items()
    ]
