"""The transaction of evaluation, with its repositories."""

from shared.db.unit_of_work import UnitOfWork


class EvaluationUow(UnitOfWork):
    """One transaction on the evaluation schema."""
