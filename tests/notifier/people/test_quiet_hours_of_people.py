"""Quiet hours of the policy for all duties: what somebody waits for leaves at once, the rest when they end."""

from typing import Any

import pytest
from tests.notifier.people.conftest import Caller, newest_code
from tests.notifier.people.test_absences import colleagues, declare
from tests.notifier.people.test_contacts import OWN, give

__all__ = ["colleagues"]
NIGHT, MORNING = "2023-05-10T23:00:00+07:00", "2023-05-11T06:30:00+07:00"


@pytest.fixture
async def night(notifier: Any, secretary: Caller, colleagues: Any) -> None:
    await notifier.admin.execute("UPDATE notifier.reminder_policies SET quiet_begins = '21:00', quiet_ends = '06:30'")
    await notifier.clock(NIGHT)


async def test_a_code_that_somebody_waits_for_leaves_in_the_night(
    notifier: Any, secretary: Caller, night: None
) -> None:
    await give(secretary)
    await notifier.deliver()
    assert newest_code(notifier, OWN)


async def test_an_absence_declared_in_the_night_is_in_the_inbox_at_once_and_mailed_in_the_morning(
    notifier: Any, secretary: Caller, colleagues: Any, night: None
) -> None:
    await declare(secretary, colleagues("ban"), "2023-07-20", "2023-07-26")
    await notifier.deliver()
    states = "SELECT channel, state FROM notices WHERE kind = 'absence' ORDER BY channel"
    assert [tuple(row.values()) for row in await notifier.rows(states)] == [("email", "created"), ("inbox", "sent")]
    await notifier.clock(MORNING)
    await notifier.admin.execute("UPDATE notifier.notices SET next_try_at = now(), leased_until = now()")
    await notifier.deliver()
    assert [tuple(row.values()) for row in await notifier.rows(states)] == [("email", "sent"), ("inbox", "sent")]
