"""Merging what several people change in one draft, field by field.

Each change carries the value its author last saw. It is made when the field still holds that value; when the field
already holds the new one it is done; otherwise two people meant different things, and both values are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.domain.dossier_forms import FORMS

SCORE_SECTIONS = ("choices", "notes", "part_totals")
"""Sections of the self-score: their fields are codes of criteria, or of parts."""

SECTIONS = (*FORMS, *SCORE_SECTIONS)

Content = dict[str, dict[str, Any]]
"""Values by section and field; a field without a value is absent."""


@dataclass(frozen=True, slots=True)
class DraftChange:
    """One field's new value, None to empty it; `seen` is the value it replaces, None where there was none."""

    section: str
    field: str
    seen: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Clash:
    """A change of a field that holds neither what its author saw nor what he wants."""

    change: DraftChange
    stored: Any


def merge_changes(content: Content, changes: Sequence[DraftChange]) -> list[Clash]:
    """Make the changes in `content`, in their order; those that clash are left out and answered."""
    clashes = []
    for change in changes:
        fields = content[change.section]
        stored = fields.get(change.field)
        if _same(stored, change.value):
            continue
        if not _same(stored, change.seen):
            clashes.append(Clash(change, stored))
        elif change.value is None:
            del fields[change.field]
        else:
            fields[change.field] = change.value
    return clashes


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def content_of(
    registration_form: Mapping[str, Any], self_assessment: Mapping[str, Any], self_score: Mapping[str, Any]
) -> Content:
    """A dossier's stored forms as one content that may be changed."""
    content: Content = {section: dict(self_assessment.get(section, {})) for section in FORMS}
    content["registration_form"] = {name: v for name, v in registration_form.items() if v is not None}
    for section in SCORE_SECTIONS:
        content[section] = dict(self_score.get(section, {}))
    return content
