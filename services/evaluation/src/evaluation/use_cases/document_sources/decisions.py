"""Certificate and notice of a result."""

from uuid import UUID

from evaluation.domain import decision_papers
from evaluation.domain.decision_papers import OUTCOMES
from evaluation.domain.dossier_states import possible_steps
from evaluation.domain.issuing_bodies import in_sentence, office_at, short_day
from evaluation.domain.result_records import exact_mean
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.document_sources.councils import office_of
from evaluation.use_cases.document_sources.matter import Asked, Matter, not_ready, require_secretary
from shared.auth.actors import Actor
from shared.contracts.roles import Level

SECONDS_TO_CERTIFICATE = 1
"""When to ask again for what registry tells by event after a decision."""


async def certificate(uow: EvaluationUow, actor: Actor, subject_id: UUID, asked: Asked) -> Matter:
    """The certificate of a decision, with the code and last day that registry gave it."""
    decision = await uow.results.decision(actor, subject_id)
    require_secretary(actor, decision.level, decision.unit_code)
    row = await uow.document_sources.dossier(decision.dossier_id)
    issued = await uow.document_sources.certificate(row.id, decision.number)
    if issued is None:
        raise not_ready(
            "Chưa có mã sản phẩm và thời hạn của giấy chứng nhận; xin thử lại sau ít giây.",
            "Product code and validity of the certificate have not come yet; retry in a few seconds.",
            row.state,
            possible_steps(row.state),
            retry_after=SECONDS_TO_CERTIFICATE,
        )
    level = Level(decision.level)
    unit = unit_at(level, row)
    assert unit is not None, "the unit that decided"
    paper = decision_papers.certificate(
        office_at(level, unit, decision.signed_on),
        product=row.product_name,
        producer=row.producer_name,
        place=_place(row),
        star=decision.star,
        code=issued.product_code,
        decision_number=decision.number,
        signed_on=issued.issued_on,
        valid_to=issued.valid_to,
        passport_url=f"{asked.public_url.rstrip('/')}/p/{issued.product_code}",
    )
    return Matter(paper, row.id, level=decision.level, unit_code=decision.unit_code)


async def result_notice(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """The notice of the dossier's newest released result, for the secretary of the unit whose council gave it."""
    row = await uow.dossiers.visible_to(actor).get(subject_id)
    found = await uow.document_sources.released(row.id)
    if found is None:
        raise not_ready(
            "Kết quả của hồ sơ này chưa được công bố.",
            "No result of this dossier has been released.",
            row.state,
            possible_steps(row.state),
        )
    result, outcome, decision, round_row = tuple(found)
    require_secretary(actor, round_row.level, round_row.unit_code)
    notes = next((r.notes or [] for r in await uow.results.of_dossier(actor, row.id) if r[0].id == result.id), [])
    words = OUTCOMES[outcome.outcome]
    if decision is not None:
        words = words.format(number=decision.number, day=short_day(decision.signed_on), body=decision.decided_by)
    paper = decision_papers.result_notice(
        office_of(round_row, outcome.on_day),
        outcome.on_day,
        await uow.rules.sheet(result.sheet_id),
        year=row.year,
        product=row.product_name,
        producer=row.producer_name,
        commune=in_sentence(row.commune_name),
        star=result.star,
        mean=exact_mean(result.mean_numerator, result.mean_denominator),
        outcome=words,
        parts=result.parts,
        criteria=result.criteria,
        notes=sorted((note["criterion"], note["note"]) for note in notes),
        reasons=[decision_papers.reason(step["outcome_vi"], step["source"]) for step in result.steps],
    )
    return Matter(paper, row.id, result.round_id, round_row.level, round_row.unit_code)


def _place(row: DossierRow) -> str:
    names = (row.commune_name, row.district_name, row.province_name)
    return ", ".join(in_sentence(name) for name in names if name)
