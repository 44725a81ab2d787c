"""How long a recognition holds (36 months, or what the ruleset says: 26/2026 Art. 4.3), and its worth on a day."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

Ending = Literal["expired", "revoked", "replaced"]


class Status(StrEnum):
    """What a product may claim on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Holding:
    """One certificate in time. `valid_to` is the printed last day; `ended_on` the first day it no longer holds."""

    star: int
    issued_on: date
    valid_to: date
    ended_on: date | None = None
    ended_reason: Ending | None = None
    kept_to: date | None = None
    """Last day it is kept while a late renewal is decided (26/2026 Art. 12.3)."""

    @property
    def until(self) -> date:
        """The first day on which it does not hold."""
        after = max(self.valid_to, self.kept_to or self.valid_to) + timedelta(days=1)
        return after if self.ended_on is None else min(after, self.ended_on)

    def holds_on(self, day: date) -> bool:
        """Whether the product may carry this star on `day`."""
        return self.issued_on <= day < self.until

    def overlaps(self, other: "Holding") -> bool:
        """Whether there is a day on which both would hold."""
        return max(self.issued_on, other.issued_on) < min(self.until, other.until)


def months_after(day: date, months: int) -> date:
    """The last day of a term of so many months that begins on `day` (Civil Code 2015 Art. 147.2, 148.3).

    The first day is not counted and the term ends with the corresponding day of its last month, or with that month's
    last day when it has no such day: 36 months from 29 February 2024 end with 28 February 2027.
    """
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def status_on(holdings: Iterable[Holding], day: date) -> tuple[Status, Holding | None]:
    """What the product may claim on `day`, and the holding that says so: the latest that had begun by then."""
    begun = [h for h in holdings if h.issued_on <= day and h.until > h.issued_on]
    if not begun:
        return Status.NOT_YET, None
    latest = max(begun, key=lambda h: h.issued_on)
    if latest.holds_on(day):
        return Status.VALID, latest
    return (Status.REVOKED if latest.ended_reason == "revoked" else Status.EXPIRED), latest
