"""Background work of evaluation: tasks, sweeps and what events of other services cause here."""

<<<<<<< HEAD
from evaluation.tasks import certificates, recomputations
from evaluation.tasks.declared import TASKS

__all__ = ["TASKS", "certificates", "recomputations"]
=======
from evaluation.tasks import certificates, cleaning
from evaluation.tasks.declared import TASKS

__all__ = ["TASKS", "certificates", "cleaning"]
>>>>>>> main
