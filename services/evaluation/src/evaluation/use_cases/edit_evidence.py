"""Correct what is said of a paper; the file itself stays."""

from uuid import UUID

from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.attach_evidence import PaperWords, paper_faults
from evaluation.use_cases.edit_dossier import changed, editable
from evaluation.use_cases.find_rules import rules_of
from shared.auth.actors import Actor
from shared.http.etags import check_version


async def edit_evidence(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, evidence_id: UUID, expected: int, paper: PaperWords
) -> DossierView:
    """Replace name, criteria, issuer, number and dates of a paper. `expected` is the paper's own version, so that
    people who work on other parts of the dossier do not stand in the way.

    Raises NotFound, Stale, Invalid, Conflict in a state without editing.
    """
    row = await editable(uow, actor, dossier_id)
    kept = await uow.evidence.get(row.id, evidence_id)
    check_version(expected, kept.version)
    today = await uow.today()
    _, sheet = await rules_of(uow, row, today)
    if faults := paper_faults(sheet, paper, today):
        raise invalid(ScoreError(faults))
    kept.name, kept.criteria = paper.name, list(dict.fromkeys(paper.criteria))
    kept.issuer, kept.number = paper.issuer, paper.number
    kept.issued_on, kept.expires_on = paper.issued_on, paper.expires_on
    kept.version += 1
    return await changed(uow, actor, row)
