"""The set that the handlers of this package add themselves to."""

from shared.tasks.declarations import TaskSet

TASKS = TaskSet("commerce")
