"""What is missing before a round can be closed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from evaluation.domain.readiness import Lacks, Standing
from evaluation.domain.round_access import Post, is_secretary
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.council_standings import Standings, read_standings
from shared.auth.actors import Actor
from shared.errors import Forbidden


@dataclass(frozen=True, slots=True)
class DossierReadiness:
    """A dossier with what it lacks. `told`: whether spread, divergence and differing opinions may be shown."""

    standing: Standing
    lacks: Lacks
    told: bool


@dataclass(frozen=True, slots=True)
class Readiness:
    """A round before closing."""

    round: RoundRow
    today: date
    standings: Standings
    dossiers: list[DossierReadiness]


async def read_readiness(uow: EvaluationUow, actor: Actor, round_id: UUID) -> Readiness:
    """Per dossier quorum, agreed options, knock-outs and what is missing; for the chair and the unit's secretary.

    Of scores the chair learns only spread and divergence, only of dossiers whose quorum has scored, and only once his
    own sheet is in or he stands aside: he too scores blind. Raises NotFound, Forbidden.
    """
    round_row = await uow.rounds.get(actor, round_id)
    council = await uow.councils.get(round_row.council_id)
    post = Post.CHAIR if council.chair_id == actor.person_id else Post.SECRETARY
    if post is Post.SECRETARY and (
        not is_secretary(actor, round_row.level, round_row.unit_code)
        or await uow.rounds.seated(round_row, actor.person_id)
    ):
        raise Forbidden("Việc này của Chủ tịch Hội đồng và thư ký.", "This is for the council's chair and secretary.")
    standings = await read_standings(uow, round_row, council, settled=True)
    return Readiness(
        round=round_row,
        today=await uow.today(),
        standings=standings,
        dossiers=[
            DossierReadiness(
                one,
                lacks,
                told=post is Post.CHAIR
                and lacks.quorum is None
                and not one.knock_outs
                and not one.blind_to(actor.person_id),
            )
            for one, lacks in standings.lacks()
        ],
    )
