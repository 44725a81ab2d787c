"""The transaction of evaluation, with its repositories."""

from functools import cached_property

from evaluation.persistence.content_cleaning import ContentCleaning
from evaluation.persistence.councils import CouncilRepository
from evaluation.persistence.document_sources import DocumentSourceRepository
from evaluation.persistence.documents import DocumentRepository
from evaluation.persistence.dossiers import DossierRepository
from evaluation.persistence.evidence import EvidenceRepository
from evaluation.persistence.results import ResultRepository
from evaluation.persistence.rounds import RoundRepository
from evaluation.persistence.rules import RuleRepository
from evaluation.persistence.score_sheets import ScoreSheetRepository
from evaluation.persistence.uploads import UploadRepository
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

    @cached_property
    def councils(self) -> CouncilRepository:
        """Councils and their members."""
        return CouncilRepository(self.session)

    @cached_property
    def rounds(self) -> RoundRepository:
        """Rounds, their dossiers, conflicts of interest, orders to score again."""
        return RoundRepository(self.session)

    @cached_property
    def score_sheets(self) -> ScoreSheetRepository:
        """Drafts and submitted score sheets."""
        return ScoreSheetRepository(self.session)

    @cached_property
    def results(self) -> ResultRepository:
        """Results, outcomes, decisions."""
        return ResultRepository(self.session)

    @cached_property
    def documents(self) -> DocumentRepository:
        """Documents of the process, their files and signing."""
        return DocumentRepository(self.session)

    @cached_property
    def document_sources(self) -> DocumentSourceRepository:
        """What documents are made from."""
        return DocumentSourceRepository(self.session)

    @cached_property
    def uploads(self) -> UploadRepository:
        """Files that come in pieces."""
        return UploadRepository(self.session)

    @cached_property
    def cleaning(self) -> ContentCleaning:
        """Contents that nothing refers to."""
        return ContentCleaning(self.session)
