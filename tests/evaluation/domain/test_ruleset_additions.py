"""What a ruleset may say besides: the slip's number, a tier that ended; and days counted by offices."""

import copy
from datetime import date
from typing import Any

import pytest

from evaluation.data import read_documents
from evaluation.domain.calendars import working_days_left
from evaluation.domain.faults import DocumentError
from evaluation.domain.ruleset_documents import parse_ruleset


def document(name: str) -> dict[str, Any]:
    return copy.deepcopy(next(dict(found) for key, found in read_documents("rules") if key.startswith(name)))


@pytest.mark.parametrize("pattern", ["PĐK-{year}", "{seq}/{district}/{year}", "{seq}"])
def test_a_slip_needs_number_and_year_and_knows_no_other_unit(pattern: str) -> None:
    faulty = document("qd26")
    faulty["registration_slip"]["pattern"] = pattern
    with pytest.raises(DocumentError) as refused:
        parse_ruleset(faulty)
    assert [fault.path for fault in refused.value.faults] == ["registration_slip.pattern"]


def test_an_ended_level_is_taken_over_by_a_level_of_the_ruleset() -> None:
    faulty = document("qd148")
    faulty["ended_levels"][0]["to"] = "ward"
    with pytest.raises(DocumentError) as refused:
        parse_ruleset(faulty)
    assert [fault.path for fault in refused.value.faults] == ["ended_levels[0].to"]


def test_working_days_left_skip_weekends_and_holidays_and_count_below_zero() -> None:
    assert working_days_left(date(2026, 6, 8), date(2026, 6, 29)) == 15
    assert working_days_left(date(2026, 6, 29), date(2026, 6, 29)) == 0
    assert working_days_left(date(2026, 7, 1), date(2026, 6, 29)) == -2
    assert working_days_left(date(2026, 4, 29), date(2026, 5, 4)) == 1, "30 April and 1 May are holidays"
