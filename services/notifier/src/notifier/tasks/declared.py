"""The background work of notifier, filled by the modules beside this one."""

from shared.tasks.declarations import TaskSet

TASKS = TaskSet("notifier")
