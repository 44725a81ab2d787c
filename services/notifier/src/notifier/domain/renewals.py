"""When a renewal must be filed before a certificate ends (data/renewal-rules.json)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class RenewalWindow:
    """First day (None: no first day) and last day for filing, and the article that says so."""

    opens_on: date | None
    due_on: date
    source: str


@dataclass(frozen=True, slots=True)
class RenewalRule:
    """One decision's window, in days before the certificate's last day."""

    id: str
    effective_from: date | None
    effective_to: date | None
    file_from_days_before: int | None
    file_by_days_before: int
    source: str
    transition_days_before: int | None
    transition_source: str | None

    def in_force(self, day: date) -> bool:
        """Whether the decision is in force on `day`."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    def window(self, valid_to: date) -> RenewalWindow:
        """The window of a certificate whose last day is `valid_to`."""
        opens = None if self.file_from_days_before is None else valid_to - timedelta(days=self.file_from_days_before)
        return RenewalWindow(opens, valid_to - timedelta(days=self.file_by_days_before), self.source)


def renewal_window(rules: Sequence[RenewalRule], valid_to: date) -> RenewalWindow:
    """The window of the newest rule in force on the last day it gives, else the newest rule's transition.

    Raises LookupError when no rule covers the certificate.
    """
    newest_first = sorted(rules, key=lambda rule: rule.effective_from or date.min, reverse=True)
    for rule in newest_first:
        window = rule.window(valid_to)
        if rule.in_force(window.due_on):
            return window
    for rule in newest_first:
        if rule.in_force(valid_to) and rule.transition_days_before is not None:
            last = valid_to - timedelta(days=rule.transition_days_before)
            return RenewalWindow(None, last, rule.transition_source or rule.source)
    raise LookupError(f"no renewal rule covers a certificate that ends on {valid_to}")


def read_renewal_rules(document: Mapping[str, Any]) -> tuple[RenewalRule, ...]:
    """The rules of a renewal document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-renewal-rules/1":
        raise ValueError(f"not a renewal document: {document['schema']}")
    return tuple(
        RenewalRule(
            id=entry["id"],
            effective_from=_date(entry["effective_from"]),
            effective_to=_date(entry["effective_to"]),
            file_from_days_before=entry["file_from_days_before"],
            file_by_days_before=entry["file_by_days_before"],
            source=entry["source"],
            transition_days_before=entry["transition"]["file_by_days_before"] if entry["transition"] else None,
            transition_source=entry["transition"]["source"] if entry["transition"] else None,
        )
        for entry in document["rules"]
    )


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
