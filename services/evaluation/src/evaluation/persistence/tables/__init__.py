"""Tables of the evaluation schema. Every module with rows is imported here, so that Alembic sees all."""

from evaluation.persistence.tables import (
    advice,
    commune_reports,
    commune_steps,
    council_staff,
    councils,
    decisions,
    documents,
    dossiers,
    evidence,
    objections,
    results,
    revocations,
    round_schedules,
    rounds,
    rules,
    score_sheets,
    settlements,
)
from evaluation.persistence.tables.base import Base

__all__ = [
    "Base",
    "advice",
    "commune_reports",
    "commune_steps",
    "council_staff",
    "councils",
    "decisions",
    "documents",
    "dossiers",
    "evidence",
    "objections",
    "results",
    "revocations",
    "round_schedules",
    "rounds",
    "rules",
    "score_sheets",
    "settlements",
]
