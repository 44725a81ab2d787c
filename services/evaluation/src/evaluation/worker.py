"""Where background work is put together: wiring only."""

from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.settings import Settings
from evaluation.tasks import TASKS
from shared.tasks.worker import run_worker


def run() -> None:
    """Work until SIGTERM."""
    run_worker(Settings(), TASKS, EvaluationUow)  # from the environment
