"""Calendars that other programs subscribe to (RFC 5545): only what our feeds need, so no library."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE = 75
"""Octets of a content line before it is folded (RFC 5545, 3.1)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: a whole day, or an instant. `uid` stays the same when it moves, so that programs move it too."""

    uid: str
    at: date | datetime
    summary: str
    description: str = ""


def calendar(name: str, entries: Iterable[Entry], stamp: datetime) -> str:
    """A VCALENDAR as text. `stamp` is when it was made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//OCOP//notifier//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        "X-WR-TIMEZONE:Asia/Ho_Chi_Minh",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]
    for entry in entries:
        lines += _event(entry, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(entry: Entry, stamp: datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{_escaped(entry.uid)}", f"DTSTAMP:{_instant(stamp)}"]
    if isinstance(entry.at, datetime):
        lines += [f"DTSTART:{_instant(entry.at)}", "DURATION:PT15M"]
    else:
        following = entry.at + timedelta(days=1)
        lines += [f"DTSTART;VALUE=DATE:{entry.at:%Y%m%d}", f"DTEND;VALUE=DATE:{following:%Y%m%d}"]
    lines += ["TRANSP:TRANSPARENT", f"SUMMARY:{_escaped(entry.summary)}"]
    if entry.description:
        lines.append(f"DESCRIPTION:{_escaped(entry.description)}")
    return [*lines, "STATUS:CONFIRMED", "END:VEVENT"]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(value: str) -> str:
    plain = value.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return plain.replace("\r\n", r"\n").replace("\n", r"\n").replace("\r", r"\n")


def _folded(line: str) -> list[str]:
    """The line in pieces of at most 75 octets, never within a letter; each further piece begins with a space."""
    pieces, current = [], ""
    for letter in line:
        if len((current + letter).encode()) > LINE:
            pieces.append(current)
            current = " "
        current += letter
    return [*pieces, current]
