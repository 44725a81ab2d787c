"""The transaction of evaluation, with its repositories."""

from functools import cached_property

from evaluation.persistence.dossiers import DossierRepository
from shared.db.unit_of_work import UnitOfWork


class EvaluationUow(UnitOfWork):
    """One transaction on the evaluation schema."""

    @cached_property
    def dossiers(self) -> DossierRepository:
        """Dossiers and their returns."""
        return DossierRepository(self.session)
