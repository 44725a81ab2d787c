"""What becomes of a result: told to the producer, and the end of its round."""

from uuid import UUID

from evaluation.domain.dossier_states import DossierState, Step, next_state
from evaluation.domain.result_records import exact_mean
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import OutcomeRow, ResultRow
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.tables.settlements import RecordedResultRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.evaluation import Outcome, ResultReleased, RoundFinished
from shared.contracts.roles import Level
from shared.errors import Conflict
from shared.ids import new_id


async def settle_result(
    uow: EvaluationUow, actor: Actor, result: ResultRow, dossier: DossierRow, outcome: Outcome
) -> None:
    """Write the outcome of a result and release it to the producer. The caller holds the round's lock."""
    row = OutcomeRow(
        id=new_id(),
        result_id=result.id,
        round_id=result.round_id,
        outcome=outcome,
        on_day=await uow.today(),
        person_id=actor.person_id,
    )
    uow.results.add_all([row])
    tell_released(uow, result, dossier, outcome)


def tell_released(
    uow: EvaluationUow, result: ResultRow | RecordedResultRow, dossier: DossierRow, outcome: Outcome
) -> None:
    """Release a result to the producer."""
    uow.publish(
        ResultReleased(
            dossier_id=dossier.id,
            product_id=dossier.product_id,
            producer_id=dossier.producer_id,
            product_name=dossier.product_name,
            level=Level(result.level),
            star=result.star,
            mean=exact_mean(result.mean_numerator, result.mean_denominator),
            year=dossier.year,
            commune_code=dossier.commune_code,
            district_code=dossier.district_code,
            province_code=dossier.province_code,
            outcome=outcome,
        )
    )


async def finish_round(uow: EvaluationUow, round_row: RoundRow) -> None:
    """Tell that the round is finished, once, when its last result has an outcome. The caller holds its lock."""
    if round_row.finished_on is not None or not await uow.rounds.finished_now(round_row):
        return
    round_row.finished_on = await uow.today()
    uow.publish(
        RoundFinished(
            round_id=round_row.id,
            level=Level(round_row.level),
            unit_code=round_row.unit_code,
            year=round_row.year,
            finished_on=round_row.finished_on,
        )
    )


async def result_to_settle(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, step: Step
) -> tuple[RoundRow, DossierRow, ResultRow]:
    """The dossier's newest result, its round and the dossier, the latter two held FOR UPDATE for `step`.

    Lock order is the round, then the dossier, as in closing. Raises NotFound when out of scope, Conflict when the
    dossier's state does not allow the step.
    """
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id)
    result = await uow.results.latest(dossier_id)
    if result is None or dossier.state != DossierState.SCORED:
        next_state(dossier.state, step)
        raise Conflict(
            "Hồ sơ chưa có kết quả để quyết định.", "The dossier has no result to act on.", state=dossier.state
        )
    round_row = await uow.rounds.lock(result.round_id)
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    if dossier.state != DossierState.SCORED:
        next_state(dossier.state, step)
        raise Conflict("Kết quả đã được xử lý.", "The result was acted on meanwhile.", state=dossier.state)
    return round_row, dossier, result
