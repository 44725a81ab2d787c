"""Background work of evaluation: tasks, sweeps and what events of other services cause here."""

from evaluation.tasks import certificates, cleaning, recomputations
from evaluation.tasks.declared import TASKS

__all__ = ["TASKS", "certificates", "cleaning", "recomputations"]
