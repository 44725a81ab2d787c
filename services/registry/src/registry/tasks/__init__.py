"""Background work of registry: tasks, sweeps and what events of other services cause here."""

from shared.tasks.declarations import TaskSet

TASKS = TaskSet("registry")
