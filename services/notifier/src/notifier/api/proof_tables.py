"""A proof as CSV: one line for each thing it holds, the digest of the whole last."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.clock import VIETNAM

COLUMNS = (
    "record",
    "obligation_id",
    "unit_code",
    "due_on",
    "step",
    "at",
    "kind",
    "person_id",
    "person",
    "in_place_of",
    "channel",
    "outcome",
    "reason",
    "sent_at",
    "delivered_at",
    "read_at",
    "reference",
    "template",
    "words_digest",
    "content_digest",
    "from",
    "to",
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(content: Mapping[str, Any], digest: str) -> str:
    """Times in Vietnam; UTF-8 with the mark that spreadsheet programs look for. `digest` is that of the JSON."""
    lines = io.StringIO()
    writer = csv.DictWriter(lines, COLUMNS, restval="")
    writer.writeheader()
    for line in _lines(content):
        writer.writerow({name: _cell(value) for name, value in line.items() if value is not None})
    writer.writerow({"record": "digest", "reference": digest})
    return "\ufeff" + lines.getvalue()


def _lines(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for duty in content["duties"]:
        person = duty["unit_name"] or duty["unit_code"]
        yield _picked(duty, unit_code="unit_code", due_on="due_on", outcome="state", kind="code") | {
            "record": "duty",
            "obligation_id": duty["id"],
            "person": person,
            "reason": duty["title"],
        }
    for step in content["steps"]:
        yield _picked(step, "obligation_id", "due_on", "step", "outcome", "reason", at="handled_at") | {
            "record": "step"
        }
    for notice in content["notices"]:
        yield _of_notice(notice)
        for receipt in notice["receipts"]:
            yield _picked(receipt, "outcome", "reason", "at") | {"record": "receipt", "reference": notice["id"]}
    for absence in content["absences"]:
        yield _picked(absence, "person_id", person="person_name", at="declared_at") | {
            "record": "absence",
            "from": absence["from_on"],
            "to": absence["cancelled_at"] or absence["to_on"],
            "reason": absence["deputy_name"],
        }
    for declined in content["opt_outs"]:
        yield _picked(declined, "person_id", "channel", kind="topic", to="until") | {
            "record": "opt_out",
            "from": declined["since"],
        }


def _of_notice(notice: Mapping[str, Any]) -> dict[str, Any]:
    subject = ("obligation_id", "due_on", "step", "kind", "person_id", "in_place_of", "channel", "reason")
    outcome = ("sent_at", "delivered_at", "read_at", "words_digest", "content_digest")
    template = f"{notice['template_code']}/{notice['template_form']}/{notice['template_version']}"
    return _picked(notice, *subject, *outcome, at="made_at", person="recipient_name", outcome="state") | {
        "record": "notice",
        "reference": notice["provider_reference"] or notice["id"],
        "template": template,
    }


def _picked(source: Mapping[str, Any], *same: str, **renamed: str) -> dict[str, Any]:
    return {name: source[name] for name in same} | {name: source[of] for name, of in renamed.items()}


def _cell(value: Any) -> Any:
    """Instants in Vietnam; what a spreadsheet must not take for a formula is quoted."""
    if isinstance(value, str) and "T" in value and value.endswith("+00:00"):
        return datetime.fromisoformat(value).astimezone(VIETNAM).isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value
