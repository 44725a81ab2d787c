"""The task set of evaluation, apart from what is declared on it so that imports run one way."""

from shared.tasks.declarations import TaskSet

TASKS = TaskSet("evaluation")
