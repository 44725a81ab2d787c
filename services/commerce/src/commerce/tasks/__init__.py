"""Background work of commerce: tasks, sweeps and what events of other services cause here."""

from shared.tasks.declarations import TaskSet

TASKS = TaskSet("commerce")
