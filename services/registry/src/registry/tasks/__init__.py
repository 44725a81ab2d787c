"""Background work of registry: tasks, sweeps and what events of other services cause here."""

from registry.tasks import projections, recognitions
from registry.tasks.declared import TASKS

__all__ = ["TASKS", "projections", "recognitions"]
