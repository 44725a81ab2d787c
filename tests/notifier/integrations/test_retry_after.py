"""The Retry-After header, as seconds or as a date."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from notifier.integrations.retry_after import retry_after


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("0", 0), ("", 0), ("soon", 0), ("-5", 0), ("99999999999", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
    ids=["seconds", "zero", "nothing", "words", "negative", "absurd", "past"],
)
def test_what_cannot_be_waited_for_is_no_wait(said: str, seconds: int) -> None:
    assert retry_after({"retry-after": said}) == seconds


def test_a_date_ahead_is_so_many_seconds() -> None:
    ahead = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 <= retry_after({"retry-after": ahead}) <= 90
