"""Items of a dossier that an official checks or asks to repair: a field of a form, a criterion, a paper."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from evaluation.domain.documents import Faults

FIELD_PATH = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+|\[\d+\])*")


class ItemKind(StrEnum):
    """What `ref` of an item names: a field path such as `registration_form.phone`, a criterion's code, a paper's id."""

    FIELD = "field"
    CRITERION = "criterion"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Item:
    """One item, found right (`ok`) or faulty with a reason."""

    kind: ItemKind
    ref: str
    reason: str | None = None
    ok: bool = False

    def stored(self) -> dict[str, object]:
        """As it is kept with a check."""
        return {"kind": self.kind.value, "ref": self.ref, "ok": self.ok, "reason": self.reason}


def check_items(
    items: Sequence[Item], forms: Collection[str], criteria: Collection[str], papers: Collection[UUID]
) -> Faults:
    """Every item that the dossier does not have, that is named twice, or that is faulty without a reason."""
    faults = Faults()
    seen: set[tuple[str, str]] = set()
    known_papers = {str(paper) for paper in papers}
    for i, item in enumerate(items):
        if (item.kind, item.ref) in seen:
            faults.add(f"items[{i}].ref", "not_unique", "mục này bị lặp", "the item is there twice")
        seen.add((item.kind, item.ref))
        if not _known(item, forms, criteria, known_papers):
            faults.add(
                f"items[{i}].ref",
                "unknown_item",
                f"hồ sơ không có mục {item.ref}",
                f"the dossier has no such {item.kind.value}: {item.ref}",
            )
        if not item.ok and not item.reason:
            faults.add(f"items[{i}].reason", "missing", "mục chưa đạt phải nêu lý do", "a faulty item needs a reason")
    return faults


def _known(item: Item, forms: Collection[str], criteria: Collection[str], papers: Collection[str]) -> bool:
    if item.kind is ItemKind.CRITERION:
        return item.ref in criteria
    if item.kind is ItemKind.PAPER:
        return item.ref in papers
    return FIELD_PATH.fullmatch(item.ref) is not None and re.split(r"[.\[]", item.ref)[0] in forms
