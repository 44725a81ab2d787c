"""A simulation as CSV and as a calendar."""

import csv
import io
from datetime import datetime

from notifier.api.schemas.policies import SimulatedNotice, SimulationRead
from notifier.domain.icalendar import Entry, calendar
from shared.clock import VIETNAM
from shared.errors import Text

NAME = Text("OCOP: nhắc việc mô phỏng", "OCOP: simulated reminders")
KINDS = {
    "reminder": Text("Nhắc", "Reminder"),
    "escalation": Text("Báo cấp trên", "Escalation"),
    "silence": Text("Đơn vị không gửi", "Silence"),
    "digest": Text("Bản tổng hợp", "Digest"),
    "risk": Text("Nguy cơ trễ hạn", "Risk"),
}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(simulation: SimulationRead) -> str:
    """One line for each notice, times in Vietnam; UTF-8 with the mark that spreadsheet programs look for."""
    names = list(SimulatedNotice.model_fields)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(names)
    for notice in simulation.notices:
        writer.writerow([_cell(getattr(notice, name)) for name in names])
    return "\ufeff" + lines.getvalue()


def as_calendar(simulation: SimulationRead, language: str, stamp: datetime) -> str:
    """One event for each notice that tells somebody."""
    entries = (
        Entry(
            uid=f"{n}-{notice.at:%Y%m%d}@simulation.ocop",
            at=notice.at,
            summary=f"{KINDS[notice.kind].in_language(language)}: {notice.title or ''} ({notice.recipient_name})",
            description=f"{notice.channel}; {notice.unit_code}; {notice.due_on:%d/%m/%Y}",
        )
        for n, notice in enumerate(simulation.notices)
        if notice.outcome == "told"
    )
    return calendar(NAME.in_language(language), entries, stamp)


def _cell(value: object) -> object:
    """What a spreadsheet must not take for a formula is quoted."""
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).isoformat()
    if isinstance(value, list):
        return " ".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value
