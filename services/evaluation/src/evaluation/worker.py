"""Where background work is put together: wiring only."""

from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.settings import Settings
from evaluation.tasks import TASKS
from evaluation.tasks.cleaning import open_resources
from shared.tasks.worker import run_worker


def run() -> None:
    """Work until SIGTERM."""
    run_worker(Settings(), TASKS, EvaluationUow, open_resources)  # from the environment
