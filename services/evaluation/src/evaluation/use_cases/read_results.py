"""Results, to those who may read them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.round_errors import ResultsNotReady
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import ALLOWED
from shared.auth.actors import Actor
from shared.db.pages import PageRequest


async def results_of_round(
    uow: EvaluationUow, actor: Actor, round_id: UUID, page: PageRequest
) -> tuple[list[Row[Any]], str | None]:
    """Results of a closed round. Raises NotFound when out of scope, ResultsNotReady before it closes."""
    round_row = await uow.rounds.get(actor, round_id)
    if round_row.state != "closed":
        raise ResultsNotReady(
            "Kết quả chỉ có sau khi Chủ tịch Hội đồng kết thúc đợt chấm điểm.",
            "There are results once the chair has closed the round.",
            state=round_row.state,
            allowed=ALLOWED[round_row.state],
        )
    return await uow.results.of_round(actor, round_id, page)


async def results_of_dossier(uow: EvaluationUow, actor: Actor, dossier_id: UUID) -> list[Row[Any]]:
    """A dossier's results, oldest first; none for those who may see it but not yet its results. Raises NotFound."""
    await uow.dossiers.visible_to(actor).get(dossier_id)
    return await uow.results.of_dossier(actor, dossier_id)
