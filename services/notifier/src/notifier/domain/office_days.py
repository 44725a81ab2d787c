"""Days on which offices in Vietnam are closed, or open against the rule: holidays by rule, swapped days as data.

Labour Code 2019 Art. 111-112: public holidays are computed by the holidays library, the yearly swaps are data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import holidays

FIRST_YEAR, LAST_YEAR = 2019, 2040
"""Duties lie in these years; further ones are added with a new version."""


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """A day that differs from its week."""

    day: date
    works: bool
    note: str


def read_office_days(document: Mapping[str, Any]) -> tuple[OfficeDay, ...]:
    """Every day that differs, by date. Raises KeyError or ValueError when the document is not a calendar."""
    if document["schema"] != "ocop-calendar/1":
        raise ValueError(f"not a calendar: {document['schema']}")
    by_rule = holidays.country_holidays("VN", years=range(FIRST_YEAR, LAST_YEAR + 1))
    days = {day: OfficeDay(day, False, name) for day, name in by_rule.items()}
    for key, works in (("days_off", False), ("working_rest_days", True)):
        for entry in document[key]:
            day = date.fromisoformat(entry["date"])
            days[day] = OfficeDay(day, works, entry["note"])
    return tuple(days[day] for day in sorted(days))
