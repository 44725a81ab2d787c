"""Background work of commerce: what events of other services cause here."""

from commerce.tasks import projections
from commerce.tasks.declared import TASKS

__all__ = ["TASKS", "projections"]
