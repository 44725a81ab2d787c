"""Tables of the evaluation schema. Every module with rows is imported here, so that Alembic sees all."""

from evaluation.persistence.tables import (
    advice,
    commune_reports,
    commune_steps,
    council_acts,
    council_staff,
    councils,
    decisions,
    documents,
    dossiers,
    evidence,
    results,
    round_schedules,
    rounds,
    rules,
    score_sheets,
)
from evaluation.persistence.tables.base import Base

__all__ = [
    "Base",
    "advice",
    "commune_reports",
    "commune_steps",
    "council_acts",
    "council_staff",
    "councils",
    "decisions",
    "documents",
    "dossiers",
    "evidence",
    "results",
    "round_schedules",
    "rounds",
    "rules",
    "score_sheets",
]
