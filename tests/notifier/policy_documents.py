"""Policies as a province's secretary writes them, for tests."""

from typing import Any


def policy(**changes: Any) -> dict[str, Any]:
    """A policy for the districts' evaluation: three steps before, the last on the day, two after."""
    steps = [(-7, "reminder"), (-3, "reminder"), (0, "reminder"), (1, "overdue"), (3, "overdue")]
    document = {
        "id": "district-evaluation-1",
        "code": "district_evaluation",
        "source": "Quy định nội bộ của tỉnh",
        "send_at": "08:00",
        "chains": [["email"], ["inbox"]],
        "steps": [{"step": step, "tell": [{"who": "responsible", "template": words}]} for step, words in steps],
        "silence_template": "silence",
        "delivery": {"tries": 5, "first_retry_seconds": 60, "longest_retry_seconds": 3600, "give_up_seconds": 86400},
    }
    return document | changes


DAILY = {"every": "day", "at": "08:30", "immediate_from": 0, "template": "digest"}
WEEKLY = {"every": "week", "weekday": 1, "at": "08:30", "immediate_from": 0, "template": "digest"}
QUIET = {"begins": "21:00", "ends": "06:30"}
