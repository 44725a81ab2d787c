"""The set that modules of this package declare their work in."""

from shared.tasks.declarations import TaskSet

TASKS = TaskSet("registry")
