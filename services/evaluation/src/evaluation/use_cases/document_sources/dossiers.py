"""Forms 01 to 03 and the member's scoring sheet."""

from datetime import date
from typing import Any
from uuid import UUID

from evaluation.domain import producer_papers, reviewer_papers
from evaluation.domain.access import require_producer, require_unit
from evaluation.domain.dossier_states import possible_steps
from evaluation.domain.form_passages import passages_of
from evaluation.domain.issuing_bodies import office_at
from evaluation.domain.producer_papers import last_filing
from evaluation.domain.rulesets import forwarding
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.score_sheets import choice_of
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.document_sources.matter import Asked, Matter, bases_for, not_ready
from shared.auth.actors import Actor
from shared.clock import legal_date
from shared.contracts.roles import Level, Role
from shared.errors import NotFound


async def registration_slip(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """Form 01, for the producer, with the receipts of the offices; of a draft too, to be signed on paper."""
    row = await uow.dossiers.visible_to(actor).get(subject_id)
    require_producer(actor, row.producer_id)
    sheet = await uow.rules.sheet(row.sheet_id)
    ruleset = await uow.rules.ruleset(row.ruleset_id)
    group = f"{sheet.name_vi} ({row.group_path})"
    kept = {slip.level: slip for slip in await uow.commune_steps.receipts(row.id) if slip.voided_on is None}
    receipts = [
        producer_papers.receipt(Level(code), unit, kept.get(code))
        for code in dict.fromkeys((ruleset.first_level.code, ruleset.first_scoring_level.code, *kept))
        if (unit := unit_at(Level(code), row)) is not None
    ]
    return Matter(producer_papers.registration_slip(row, group, receipts, _day_of(row)), dossier_id=row.id)


async def self_assessment(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """Form 02, for the producer."""
    view = await uow.dossiers.visible_to(actor).view(subject_id)
    row = view.row
    require_producer(actor, row.producer_id)
    sheet = await uow.rules.sheet(row.sheet_id)
    counted: dict[str, int] = row.self_score.get("part_totals" if sheet.recorded_only else "points", {})
    paper = producer_papers.self_assessment(
        row, sheet, counted, view.evidence, passages_of(row.self_assessment), _day_of(row)
    )
    return Matter(paper, dossier_id=row.id)


async def commune_report(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """Form 03, for the officer of the dossier's commune, once the report is sent."""
    view = await uow.dossiers.visible_to(actor).view(subject_id)
    row, report = view.row, view.commune_report
    require_unit(actor, Role.COMMUNE_OFFICER, row.commune_code)
    if report is None:
        raise not_ready(
            "Cấp xã chưa báo cáo về hồ sơ này.",
            "The commune has not reported on this dossier.",
            row.state,
            possible_steps(row.state),
        )
    ruleset = await uow.rules.ruleset(row.ruleset_id)
    reported_on = date.fromisoformat(report["reported_on"])
    code = forwarding(ruleset, ruleset.first_level.code, None) or ruleset.first_scoring_level.code
    above = unit_at(Level(code), row)
    assert above is not None, "the report was sent to this level"
    addressee = office_at(Level(code), above, reported_on).name
    paper = reviewer_papers.commune_report(
        row, report, reported_on, addressee, bases_for(ruleset, Level.COMMUNE, reported_on)
    )
    return Matter(paper, dossier_id=row.id, level=Level.COMMUNE, unit_code=row.commune_code)


async def member_sheet(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """The caller's own submitted sheet; there is no way to another's."""
    own = await uow.document_sources.own_sheet(subject_id, actor.person_id)
    if own is None:
        raise NotFound()
    dossier = await uow.document_sources.dossier(own.dossier_id)
    sheet = await uow.rules.sheet(own.sheet_id)
    answers: dict[str, Any] = own.choices or {}
    paper = reviewer_papers.member_sheet(
        dossier,
        sheet,
        choices={code: choice_of(written) for code, written in answers.items()},
        points=own.points or own.part_totals or {},
        notes=own.notes or {},
        remarks=own.remarks,
        member=own.name,
        seat=f"TV{own.seat}",
        place=own.unit_name,
        submitted_on=own.submitted_on,
    )
    return Matter(paper, dossier.id, own.round_id, own.level, own.unit_code)


def _day_of(row: DossierRow) -> date:
    return last_filing(row) or legal_date(row.created_at)
