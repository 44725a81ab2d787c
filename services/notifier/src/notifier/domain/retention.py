"""How long words and addresses are kept (data/retention.json)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Retention:
    """Periods in days."""

    notices: Mapping[str, int]
    """For each kind of notice, from the day it was made."""
    removed_days: int
    """For an address that its owner removed."""
    without_office_days: int
    """For addresses of who holds no office any more."""
    codes_days: int


def read_retention(document: Mapping[str, Any]) -> Retention:
    """The periods of a document. Raises KeyError or ValueError when it is not one, or a period is no period."""
    if document["schema"] != "ocop-notice-retention/1":
        raise ValueError(f"not a retention document: {document['schema']}")
    periods = {**document["notices"], **document["contacts"]}
    if wrong := [name for name, days in periods.items() if not isinstance(days, int) or days < 1]:
        raise ValueError(f"no period: {wrong}")
    return Retention(notices=dict(document["notices"]), **document["contacts"])
