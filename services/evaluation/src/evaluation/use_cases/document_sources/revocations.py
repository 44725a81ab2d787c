"""The draft of a decision that revokes a certificate."""

from uuid import UUID

from evaluation.domain import revocation_papers
from evaluation.domain.issuing_bodies import in_sentence, office_at
from evaluation.domain.units_of_levels import Unit
from evaluation.persistence.tables.revocations import RevocationDecisionRow, RevocationRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.document_sources.matter import Asked, Matter, bases_for, not_ready, require_secretary
from shared.auth.actors import Actor
from shared.contracts.roles import Level


async def revocation_decision(uow: EvaluationUow, actor: Actor, subject_id: UUID, _: Asked) -> Matter:
    """The draft on a proposal that was not dismissed, for the secretary of the unit that decides today."""
    found = tuple(await uow.revocations.view(actor, subject_id))
    row: RevocationRow = found[0]
    decided: RevocationDecisionRow | None = found[1]
    require_secretary(actor, row.level, row.unit_code)
    if decided is not None and not decided.revoked:
        raise not_ready("Đề nghị thu hồi đã bị bác.", "The proposal to revoke was dismissed.", "dismissed", [])
    ruleset = await uow.rules.ruleset(row.ruleset_id)
    assert ruleset.revocation is not None, "it was proposed by a cause of this ruleset"
    dossier = None if row.dossier_id is None else await uow.document_sources.dossier(row.dossier_id)
    level = Level(row.level)
    paper = revocation_papers.revocation_decision(
        office_at(level, Unit(row.unit_code, row.unit_name), row.proposed_on),
        row,
        bases=bases_for(ruleset, level, row.proposed_on),
        producer=None if dossier is None else dossier.producer_name,
        commune=None if dossier is None else in_sentence(dossier.commune_name),
        cause=next(cause for cause in ruleset.revocation.causes if cause.code == row.cause),
        effective_on=None if decided is None else decided.effective_on,
    )
    return Matter(paper, row.dossier_id, level=row.level, unit_code=row.unit_code)
