"""Where background work is put together: wiring only."""

from notifier.persistence.unit_of_work import NotifierUow
from notifier.settings import Settings
from notifier.tasks import TASKS
from shared.tasks.worker import run_worker


def run() -> None:
    """Work until SIGTERM."""
    run_worker(Settings(), TASKS, NotifierUow)  # from the environment
