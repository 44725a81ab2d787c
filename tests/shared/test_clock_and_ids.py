"""Legal dates do not depend on the machine, and ids sort by time."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import RFC_4122

import pytest

from shared.clock import VIETNAM, end_of, legal_date, start_of
from shared.ids import new_id

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Ho_Chi_Minh"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
def test_a_thousand_instants_around_midnight_fall_on_the_same_date_everywhere() -> None:
    chosen = random.Random(2023)
    for _ in range(1000):
        day = date(2020, 1, 1) + timedelta(days=chosen.randrange(4000))
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7)
        offset = MICROSECOND * chosen.choice([0, 1, 2, 999_999, chosen.randrange(86_400_000_000)])
        assert legal_date(midnight + offset) == day
        assert legal_date((midnight + offset).astimezone(VIETNAM)) == day
        assert legal_date(midnight - MICROSECOND - offset % timedelta(days=1)) == day - timedelta(days=1)


@pytest.mark.usefixtures("machine_zone")
def test_by_31_july_ends_at_17_o_clock_in_greenwich() -> None:
    due = date(2023, 7, 31)
    assert end_of(due) == datetime(2023, 7, 31, 17, tzinfo=UTC)
    assert end_of(due) == start_of(date(2023, 8, 1))
    assert legal_date(end_of(due) - MICROSECOND) == due
    assert legal_date(end_of(due)) == date(2023, 8, 1)
    assert legal_date(start_of(due)) == due


def test_a_naive_instant_has_no_legal_date() -> None:
    with pytest.raises(ValueError, match="naive"):
        legal_date(datetime(2023, 7, 31))  # noqa: DTZ001  # the fault under test


def test_ids_are_version_7_distinct_and_ordered_by_the_millisecond() -> None:
    made = []
    for _ in range(20):
        made.append([new_id() for _ in range(500)])
        time.sleep(0.002)
    flat = [one for group in made for one in group]
    assert len(set(flat)) == len(flat)
    assert all(one.version == 7 and one.variant == RFC_4122 for one in flat)
    assert all(max(before) < min(after) for before, after in pairwise(made))
    assert abs((flat[-1].int >> 80) / 1000 - time.time()) < 1
