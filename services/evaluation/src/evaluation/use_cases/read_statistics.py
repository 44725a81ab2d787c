"""Statistics of a round, for its chair and secretary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.charters import FarFromMean
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.read_progress import COUNTING, RoundProgress, read_progress
from shared.auth.actors import Actor
from shared.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Scores:
    """What members' scores came to; exists only of a closed round."""

    far_from_mean: FarFromMean | None
    criteria: Sequence[Row[Any]]
    members: Sequence[Row[Any]]
    groups: Sequence[Row[Any]]
    producers: Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Progress at any time; `scores` None until the round has closed: scoring is blind."""

    progress: RoundProgress
    today: date
    scores: Scores | None


async def read_statistics(uow: EvaluationUow, actor: Actor, round_id: UUID) -> Statistics:
    """Counts while the round is open, aggregates of the scores once it has closed; a fixed number of statements.

    Raises NotFound, Forbidden for everybody but the council's chair and the unit's secretary.
    """
    progress = await read_progress(uow, actor, round_id)
    if progress.post not in COUNTING:
        raise Forbidden("Việc này của Chủ tịch Hội đồng và thư ký.", "This is for the council's chair and secretary.")
    today = await uow.today()
    if progress.round.state != "closed":
        return Statistics(progress, today, None)
    council = await uow.councils.get(progress.round.council_id)
    far = (await uow.rules.charter(council.charter_id)).far_from_mean
    limit = ("none", 0, 1) if far is None else (far.measure.value, far.limit.numerator, far.limit.denominator)
    return Statistics(
        progress,
        today,
        Scores(
            far_from_mean=far,
            criteria=await uow.round_statistics.criteria(round_id),
            members=await uow.round_statistics.members(round_id, *limit),
            groups=await uow.round_statistics.groups(round_id),
            producers=await uow.round_statistics.producers(round_id),
        ),
    )
