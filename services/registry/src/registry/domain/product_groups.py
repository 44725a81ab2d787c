"""The taxonomies of products by decision: sectors, groups, and the scoring sheet each leaf has."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from registry.data import read_document

TAXONOMIES = ("qd1048-2019", "qd148-2023", "qd26-2026")
"""Ids of the shipped taxonomies, the oldest first."""


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """A leaf of a taxonomy. `becomes` is its path in the next taxonomy as we read it; None when it was dropped."""

    path: str
    sector: str
    group_vi: str
    name_vi: str
    name_en: str
    set_no: int
    lead_agencies: tuple[str, ...]
    sample_required: bool
    becomes: str | None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One decision's list of product groups."""

    id: str
    decision: str
    valid_from: date
    valid_to: date | None
    successor: str | None
    confidence: str
    sectors: tuple[dict[str, str], ...]
    groups: tuple[ProductGroup, ...]

    def get(self, path: str) -> ProductGroup | None:
        """The leaf at `path`, if the taxonomy has it."""
        return next((group for group in self.groups if group.path == path), None)


@cache
def taxonomy(name: str) -> Taxonomy:
    """The taxonomy with this id. Raises KeyError when none ships."""
    if name not in TAXONOMIES:
        raise KeyError(name)
    return _taxonomy(read_document(f"product-groups-{name}.json"))


def taxonomy_on(day: date) -> Taxonomy:
    """The taxonomy in force on `day`; the first one for days before it."""
    begun = [t for t in map(taxonomy, TAXONOMIES) if t.valid_from <= day]
    return begun[-1] if begun else taxonomy(TAXONOMIES[0])


def present_group(name: str, path: str, day: date) -> tuple[Taxonomy, ProductGroup] | None:
    """Where a product classified under an older taxonomy stands in the one in force on `day`.

    None when the group was dropped on the way: a person must choose then.
    """
    now, current = taxonomy_on(day), taxonomy(name)
    group = current.get(path)
    while group is not None and current.id != now.id and current.valid_from < now.valid_from:
        if current.successor is None or group.becomes is None:
            return None
        current, path = taxonomy(current.successor), group.becomes
        group = current.get(path)
    return (current, group) if group else None


def _taxonomy(document: dict[str, Any]) -> Taxonomy:
    return Taxonomy(
        id=document["id"],
        decision=document["decision"],
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_to=date.fromisoformat(document["valid_to"]) if document["valid_to"] else None,
        successor=document["successor"],
        confidence=document["confidence"],
        sectors=tuple(document["sectors"]),
        groups=tuple(
            ProductGroup(**{**row, "lead_agencies": tuple(row["lead_agencies"])}) for row in document["groups"]
        ),
    )
