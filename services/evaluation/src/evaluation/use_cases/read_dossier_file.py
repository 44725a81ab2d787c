"""What a council has before it on one dossier, in one reading: dossier, papers, commune report, advice, samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.rulesets import Ruleset
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.read_dossier import read_dossier
from evaluation.use_cases.round_posts import require_not_recused
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.errors import Forbidden


@dataclass(frozen=True, slots=True)
class DossierFile:
    """A dossier as its council reads it. No score sheet is in it: scoring stays blind."""

    view: DossierView
    round_id: UUID
    round_state: str
    attempt: int
    advice: Sequence[Row[Any]]
    samples_due: int


async def read_dossier_file(uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID) -> DossierFile:
    """For members, chair, secretary and team of the council. Raises NotFound out of scope or for a member who stands
    aside, DossierLeft when the dossier left the round.
    """
    round_row = await uow.rounds.get(actor, round_id)
    entry = await uow.rounds.dossier(round_id, dossier_id)
    await require_not_recused(uow, actor, round_id, dossier_id)
    view = await read_dossier(uow, actor, dossier_id)
    ruleset: Ruleset = await uow.rules.ruleset(view.row.ruleset_id)
    return DossierFile(
        view=view,
        round_id=round_id,
        round_state=round_row.state,
        attempt=entry.attempt,
        advice=await uow.advice.of_dossier(dossier_id),
        samples_due=ruleset.samples.due(view.row.set_no) if ruleset.samples else 0,
    )


async def read_advice(uow: EvaluationUow, actor: Actor, dossier_id: UUID) -> Sequence[Row[Any]]:
    """The team's records on a dossier, for officials, advisers and its council; the producer has the result instead.

    Raises NotFound, Forbidden.
    """
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id)
    if dossier.producer_id in actor.producers():
        raise Forbidden(
            "Kết quả thẩm tra của Tổ tư vấn dành cho Hội đồng.",
            "The team's findings are for the council.",
            needs=[Role.ADVISORY_MEMBER.value],
        )
    return await uow.advice.of_dossier(dossier_id)
