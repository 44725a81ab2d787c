"""Where background work is put together: wiring only."""

from commerce.persistence.unit_of_work import CommerceUow
from commerce.settings import Settings
from commerce.tasks import TASKS
from shared.tasks.worker import run_worker


def run() -> None:
    """Work until SIGTERM."""
    run_worker(Settings(), TASKS, CommerceUow)  # from the environment
