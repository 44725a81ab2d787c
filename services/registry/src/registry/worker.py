"""Where background work is put together: wiring only."""

from registry.persistence.unit_of_work import RegistryUow
from registry.settings import Settings
from registry.tasks import TASKS
from shared.tasks.worker import run_worker


def run() -> None:
    """Work until SIGTERM."""
    run_worker(Settings(), TASKS, RegistryUow)  # from the environment
