"""When a renewal may be filed, and how long its certificate is kept (26/2026 Art. 7.6, 12.3), by a ruleset's clocks."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evaluation.domain.calendars import legal_deadline
from evaluation.domain.clocks import Clock
from evaluation.domain.rulesets import Ruleset

EARLIEST, LATEST, GRACE, DECIDE = "renewal_file_earliest", "renewal_file_latest", "renewal_grace_max", "renewal_decide"
"""The clocks of a ruleset that bound a renewal; a ruleset without one of them sets no such bound."""


class Timeliness(StrEnum):
    """How a filing on a day stands to the window."""

    TOO_EARLY = "too_early"
    IN_WINDOW = "in_window"
    LATE_KEPT = "late_kept"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class RenewalWindow:
    """First and last day to file a renewal, both inclusive, None where the ruleset sets none.

    `kept_to`: a renewal filed after `closes_on` while the certificate still holds keeps it until the result, at most
    to this day; None where the ruleset gives no grace.
    """

    valid_to: date
    opens_on: date | None
    closes_on: date | None
    kept_to: date | None

    def timeliness(self, day: date) -> Timeliness:
        """How a filing on `day` stands. After the certificate's last day nothing is left to renew."""
        if self.opens_on is not None and day < self.opens_on:
            return Timeliness.TOO_EARLY
        if day <= (self.closes_on or self.valid_to):
            return Timeliness.IN_WINDOW
        if day <= self.valid_to and self.kept_to is not None:
            return Timeliness.LATE_KEPT
        return Timeliness.TOO_LATE


def renewal_window(ruleset: Ruleset, valid_to: date) -> RenewalWindow | None:
    """The window of a certificate whose last day is `valid_to`; None where the ruleset has no window at all."""
    opens, closes, kept = (_day(ruleset.clock(name), valid_to) for name in (EARLIEST, LATEST, GRACE))
    if opens is None and closes is None:
        return None
    return RenewalWindow(valid_to, opens, closes, kept)


def _day(clock: Clock | None, valid_to: date) -> date | None:
    return None if clock is None else legal_deadline(clock, valid_to)
