"""Tables of the evaluation schema. Every module with rows is imported here, so that Alembic sees all."""

from evaluation.persistence.tables import (
    commune_reports,
    councils,
    decisions,
    documents,
    dossiers,
    evidence,
    results,
    rounds,
    rules,
    score_sheets,
    uploads,
)
from evaluation.persistence.tables.base import Base

__all__ = [
    "Base",
    "commune_reports",
    "councils",
    "decisions",
    "documents",
    "dossiers",
    "evidence",
    "results",
    "rounds",
    "rules",
    "score_sheets",
    "uploads",
]
