"""The advisory team's report to the council, from its records on a dossier."""

from uuid import UUID

from evaluation.domain import advisory_papers
from evaluation.domain.access import SECRETARIES
from evaluation.domain.issuing_bodies import in_sentence, office_at
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.document_sources.matter import Asked, Matter, bases_for
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.errors import Forbidden


async def advisory_report(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """The report that the team wrote (a record of kind `report`), for the team or the secretary of its unit.

    Raises NotFound also for the producer, who does not read the team's records.
    """
    report = await uow.advice.report_seen_by(subject_id, actor)
    row = await uow.document_sources.dossier(report.dossier_id)
    level = Level(report.level)
    unit = unit_at(level, row)
    assert unit is not None, "the unit whose team reported"
    team = await uow.councils.team(report.council_id)
    if unit.code not in actor.units(SECRETARIES[level]) and actor.person_id not in {one.person_id for one in team}:
        raise Forbidden(
            "Báo cáo do Tổ tư vấn hoặc thư ký của đơn vị lập.",
            "The advisory team or the secretary of the unit makes this report.",
            needs=[SECRETARIES[level].value],
            unit_code=unit.code,
        )
    sheet, ruleset = await uow.rules.sheet(row.sheet_id), await uow.rules.ruleset(row.ruleset_id)
    before = [found[0] for found in await uow.advice.of_dossier(row.id, level) if found[0].id <= report.id]
    files = {found[0].id: len(found.files) for found in await uow.advice.of_dossier(row.id, level)}
    paper = advisory_papers.advisory_report(
        office_at(level, unit, report.on_day),
        report,
        [record for record in before if record.council_id == report.council_id],
        files,
        sheet,
        product=row.product_name,
        producer=row.producer_name,
        commune=in_sentence(row.commune_name),
        group=f"{sheet.name_vi} ({row.group_path})",
        year=row.year,
        bases=bases_for(ruleset, level, report.on_day),
        team=team,
    )
    return Matter(paper, dossier_id=row.id, level=level, unit_code=unit.code)
