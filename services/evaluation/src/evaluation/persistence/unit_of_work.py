"""The transaction of evaluation, with its repositories."""

from functools import cached_property

from evaluation.persistence.advice import AdviceRepository
from evaluation.persistence.closing import ClosingRepository
from evaluation.persistence.commune_steps import CommuneStepRepository
from evaluation.persistence.conflicts import ConflictRepository
from evaluation.persistence.content_cleaning import ContentCleaning
from evaluation.persistence.council_acts import CouncilActRepository
from evaluation.persistence.councils import CouncilRepository
from evaluation.persistence.document_sources import DocumentSourceRepository
from evaluation.persistence.documents import DocumentRepository
from evaluation.persistence.dossiers import DossierRepository
from evaluation.persistence.evidence import EvidenceRepository
from evaluation.persistence.objections import ObjectionRepository
from evaluation.persistence.recomputations import RecomputationRepository
from evaluation.persistence.results import ResultRepository
from evaluation.persistence.revocations import RevocationRepository
from evaluation.persistence.round_schedules import RoundScheduleRepository
from evaluation.persistence.round_statistics import RoundStatisticsRepository
from evaluation.persistence.rounds import RoundRepository
from evaluation.persistence.rule_drafts import RuleDraftRepository
from evaluation.persistence.rules import RuleRepository
from evaluation.persistence.score_sheets import ScoreSheetRepository
from evaluation.persistence.settlements import SettlementRepository
from evaluation.persistence.uploads import UploadRepository
from shared.db.unit_of_work import UnitOfWork


class EvaluationUow(UnitOfWork):
    """One transaction on the evaluation schema."""

    @cached_property
    def rules(self) -> RuleRepository:
        """Rulesets, sheets, charters."""
        return RuleRepository(self.session)

    @cached_property
    def rule_drafts(self) -> RuleDraftRepository:
        """Imported rules before and after they are published."""
        return RuleDraftRepository(self.session)

    @cached_property
    def recomputations(self) -> RecomputationRepository:
        """Recomputations of results, and what they found."""
        return RecomputationRepository(self.session)

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
    def conflicts(self) -> ConflictRepository:
        """Conflicts of interest, declared or decided."""
        return ConflictRepository(self.session)

    @cached_property
    def council_acts(self) -> CouncilActRepository:
        """Knock-outs and discussions."""
        return CouncilActRepository(self.session)

    @cached_property
    def closing(self) -> ClosingRepository:
        """What closing a round reads and writes, set by set."""
        return ClosingRepository(self.session)

    @cached_property
    def round_statistics(self) -> RoundStatisticsRepository:
        """Aggregates of closed rounds."""
        return RoundStatisticsRepository(self.session)

    @cached_property
    def score_sheets(self) -> ScoreSheetRepository:
        """Drafts and submitted score sheets."""
        return ScoreSheetRepository(self.session)

    @cached_property
    def results(self) -> ResultRepository:
        """Results, outcomes, decisions."""
        return ResultRepository(self.session)

    @cached_property
    def settlements(self) -> SettlementRepository:
        """Signed documents, results recorded from above, approvals, publications, new evaluations, corrections."""
        return SettlementRepository(self.session)

    @cached_property
    def objections(self) -> ObjectionRepository:
        """Objections and their steps."""
        return ObjectionRepository(self.session)

    @cached_property
    def revocations(self) -> RevocationRepository:
        """Proposals to revoke, and what was decided."""
        return RevocationRepository(self.session)

    @cached_property
    def commune_steps(self) -> CommuneStepRepository:
        """Registration slips, checks of form, threads of repair."""
        return CommuneStepRepository(self.session)

    @cached_property
    def schedules(self) -> RoundScheduleRepository:
        """Schedules of rounds, and which body checks what."""
        return RoundScheduleRepository(self.session)

    @cached_property
    def advice(self) -> AdviceRepository:
        """Records of advisory teams."""
        return AdviceRepository(self.session)

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
