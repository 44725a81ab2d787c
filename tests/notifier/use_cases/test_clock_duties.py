"""Clocks of the law become duties of the unit that owes the act, and the act meets them."""

from datetime import date
from typing import Any

import pytest

from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks import TASKS
from shared.contracts.evaluation import ObjectionReceived, RenewalDecisionDue, RevocationProposed
from shared.contracts.roles import Level
from shared.ids import new_id
from shared.tasks.declarations import TaskContext

COMMON: dict[str, Any] = {"product_name": "Nước mắm (thử)", "year": 2026, "source": "26/2026/QĐ-TTg, Điều 8"}
