"""A unit makes the result list of a round public (công bố kết quả)."""

from uuid import UUID

from evaluation.domain.settlement_errors import NotPublishable
from evaluation.persistence.tables.settlements import PublicationRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import round_for_secretary
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.contracts.settlements import ResultPublished
from shared.errors import Conflict
from shared.ids import new_id


async def publish_results(uow: EvaluationUow, actor: Actor, round_id: UUID) -> PublicationRow:
    """Publish the list of a finished round: recognised and forwarded products, no personal data (26/2026 Art. 7.3).

    Products below what is recognised are told to their producer and commune only (our setting). Raises NotFound,
    Forbidden, NotPublishable naming the dossiers that still wait, Conflict when it is published.
    """
    round_row = await round_for_secretary(uow, actor, round_id)
    waiting = await uow.settlements.waiting(round_id)
    if round_row.state != "closed" or waiting:
        raise NotPublishable(
            f"Chỉ công bố khi mọi kết quả đã có quyết định hoặc đã chuyển cấp trên; còn {len(waiting)} hồ sơ.",
            f"Results are published once each is decided or forwarded; {len(waiting)} dossiers wait.",
            state=round_row.state,
            dossiers=[{"dossier_id": str(dossier_id)} for dossier_id in waiting],
        )
    today = await uow.today()
    publication_id = await uow.settlements.publish(
        {
            "id": new_id(),
            "round_id": round_row.id,
            "level": round_row.level,
            "unit_code": round_row.unit_code,
            "unit_name": round_row.unit_name,
            "year": round_row.year,
            "published_on": today,
            "person_id": actor.person_id,
        }
    )
    if publication_id is None:
        raise Conflict("Kết quả đợt này đã được công bố.", "The round's results are published.", state="published")
    uow.publish(
        ResultPublished(
            publication_id=publication_id,
            round_id=round_row.id,
            level=Level(round_row.level),
            unit_code=round_row.unit_code,
            year=round_row.year,
            published_on=today,
        )
    )
    await uow.audit(str(actor.person_id), "results.published", "round", round_row.id)
    return await uow.settlements.publication(publication_id)
