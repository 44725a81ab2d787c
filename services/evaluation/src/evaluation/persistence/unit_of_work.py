"""The transaction of evaluation, with its repositories."""

from functools import cached_property

from evaluation.persistence.dossiers import DossierRepository
from evaluation.persistence.evidence import EvidenceRepository
from evaluation.persistence.rules import RuleRepository
from shared.db.unit_of_work import UnitOfWork


class EvaluationUow(UnitOfWork):
    """One transaction on the evaluation schema."""

    @cached_property
    def rules(self) -> RuleRepository:
        """Rulesets, sheets, charters."""
        return RuleRepository(self.session)

    @cached_property
    def dossiers(self) -> DossierRepository:
        """Dossiers, their returns and reports, filing windows."""
        return DossierRepository(self.session)

    @cached_property
    def evidence(self) -> EvidenceRepository:
        """Evidence files and papers."""
        return EvidenceRepository(self.session)
