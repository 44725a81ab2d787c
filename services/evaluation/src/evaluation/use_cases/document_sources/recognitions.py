"""The draft of a decision of recognition, over one product or many."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from evaluation.domain import decision_papers
from evaluation.domain.decision_papers import Recognised
from evaluation.domain.dossier_states import DossierState, possible_steps
from evaluation.domain.issuing_bodies import in_sentence, office_at, points, stars
from evaluation.domain.result_records import exact_mean
from evaluation.domain.rulesets import Ruleset, recognised_by
from evaluation.persistence.settlements import Judged
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.decide_star import Issuer, issuer_for
from evaluation.use_cases.document_sources.matter import Asked, Matter, bases_for, not_ready, require_secretary
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.errors import Conflict, NotFound

DECIDABLE = frozenset({DossierState.SCORED, DossierState.RECOGNISED})


async def recognition_decision(uow: EvaluationUow, actor: Actor, subject_id: UUID, asked: Asked) -> Matter:
    """The draft for the body that the frozen rulesets name for the stars, made by that body's secretary: of one
    product in its articles, of several as an annexed list. All of them have one issuer, as in recording the decision.
    """
    ids = list(dict.fromkeys((subject_id, *asked.dossier_ids)))
    rows = await uow.dossiers.visible_to(actor).find_many(ids)
    if len(rows) < len(ids):
        raise NotFound()
    judged = await uow.settlements.judged(ids)
    today = await uow.today()
    listed, rulesets, issuer = list[Recognised](), dict[str, Ruleset](), None
    for number, dossier_id in enumerate(ids, 1):
        row, result = rows[dossier_id], judged.get(dossier_id)
        ruleset, star, body = await _settled(uow, row, result)
        assert result is not None, "it has a star"
        rulesets[ruleset.id] = ruleset
        issuer = _one_issuer(row, issuer_for(ruleset, body, row, today), issuer)
        listed.append(_listed(number, row, star, result))
    assert issuer is not None, "there is one dossier at least"
    require_secretary(actor, issuer.level, issuer.unit.code)
    first = judged[subject_id]
    day = max([await _judged_on(uow, one) for one in judged.values()])
    months = {ruleset.certificate_months for ruleset in rulesets.values()}
    paper = decision_papers.recognition_decision(
        office_at(issuer.level, issuer.unit, day),
        day,
        year=max(rows[dossier_id].year for dossier_id in ids),
        bases=_bases(list(rulesets.values()), issuer.level, day),
        proposer=f"Hội đồng đánh giá, phân hạng sản phẩm OCOP {in_sentence(issuer.unit.name)}",
        products=listed,
        months=max(months),
    )
    return Matter(paper, subject_id, first.round_id, issuer.level, issuer.unit.code)


async def _settled(uow: EvaluationUow, row: DossierRow, result: Judged | None) -> tuple[Ruleset, int, str]:
    """(ruleset, star, body) of a dossier that a decision may recognise. Raises NothingToPrint."""
    if result is not None and result.row.star is not None and result.forwards_to is None and row.state in DECIDABLE:
        ruleset = await uow.rules.ruleset(row.ruleset_id)
        body = recognised_by(ruleset, result.row.star)
        if body is not None:
            return ruleset, result.row.star, body
    raise not_ready(
        f"Hồ sơ của sản phẩm {row.product_name} không có kết quả để ra quyết định công nhận.",
        f"The dossier of {row.product_name} has no result that a decision of recognition could follow.",
        row.state,
        possible_steps(row.state),
    )


def _one_issuer(row: DossierRow, issuer: Issuer, before: Issuer | None) -> Issuer:
    if before is not None and before != issuer:
        raise Conflict(
            f"Sản phẩm {row.product_name} do cơ quan khác quyết định ({issuer.unit.name}).",
            f"Another body decides on {row.product_name} ({issuer.unit.code}).",
            state=row.state,
            unit_code=issuer.unit.code,
        )
    return issuer


def _listed(number: int, row: DossierRow, star: int, result: Judged) -> Recognised:
    return Recognised(
        number=number,
        product=row.product_name,
        producer=row.producer_name,
        commune=in_sentence(row.commune_name),
        star=stars(star),
        mean=points(exact_mean(result.row.mean_numerator, result.row.mean_denominator)),
    )


async def _judged_on(uow: EvaluationUow, one: Judged) -> date:
    """The day of a result: its round's closing, or the signing of the document it was recorded from."""
    if one.round_id is not None:
        closed: date = (await uow.document_sources.round_closed_on(one.round_id)).closed_on
        return closed
    return (await uow.settlements.document(getattr(one.row, "document_id"))).signed_on  # noqa: B009  # a recorded one


def _bases(rulesets: Sequence[Ruleset], level: Level, day: date) -> list[str]:
    return list(dict.fromkeys(base for ruleset in rulesets for base in bases_for(ruleset, level, day)))
