"""What an earlier dossier of the product gives a later one, and how the two differ (26/2026 Art. 6).

Sheets differ between Decisions. A choice carries over only where the new sheet asks the same question with the same
options in the same words; its points are the new sheet's. A paper supports every criterion of the same title.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from evaluation.domain.choices import Choice
from evaluation.domain.dossier_forms import FORMS, carried_field, is_empty
from evaluation.domain.drafts import Content
from evaluation.domain.sheets import Criterion, Option, Sheet


class ItemState(StrEnum):
    """How an item of the later dossier stands to the earlier one's."""

    CARRIED = "carried"
    CHANGED = "changed"
    NEW = "new"
    EXPIRED = "expired"
    NOT_ON_SHEET = "not_on_sheet"
    ANEW = "to_be_answered_anew"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper as the comparison sees it."""

    file_sha256: str
    name: str
    criteria: tuple[str, ...]
    issuer: str | None
    number: str | None
    issued_on: date | None
    expires_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the paper is still valid."""
        return self.expires_on is None or self.expires_on >= day


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of either dossier. `section`: a form, `choices`, `notes` or `evidence`; `field`: within it."""

    section: str
    field: str
    state: ItemState
    before: Any = None
    now: Any = None


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """Codes of the earlier sheet's criteria by the later sheet's: for choices, and (weaker) for papers."""

    same_question: Mapping[str, str]
    same_title: Mapping[str, str]
    same_sheet: bool


def map_sheets(earlier: Sheet, later: Sheet) -> SheetMapping:
    """Which criteria of two sheets are the same. Where words are not unique on a sheet, the code must agree too."""
    return SheetMapping(_match(earlier, later, _question), _match(earlier, later, _title), earlier.code == later.code)


def _match(earlier: Sheet, later: Sheet, words: Callable[[Criterion], Any]) -> dict[str, str]:
    by_words: dict[Any, list[str]] = {}
    for criterion in earlier.criteria:
        by_words.setdefault(words(criterion), []).append(criterion.code)
    wanted: dict[Any, int] = {}
    for criterion in later.criteria:
        wanted[words(criterion)] = wanted.get(words(criterion), 0) + 1
    found = {}
    for criterion in later.criteria:
        codes = by_words.get(words(criterion), [])
        if len(codes) == 1 and wanted[words(criterion)] == 1:
            found[criterion.code] = codes[0]
        elif criterion.code in codes:
            found[criterion.code] = criterion.code
    return found


def _title(criterion: Criterion) -> str:
    return _plain(criterion.title_vi)


def _question(criterion: Criterion) -> tuple[Any, ...]:
    cases = tuple((case.code, _plain(case.label_vi), _texts(case.options)) for case in criterion.alternatives)
    return _title(criterion), _texts(criterion.options), cases, criterion.implicit_zero


def _texts(options: Sequence[Option]) -> tuple[str, ...]:
    return tuple(_plain(option.text_vi) for option in options)


def _plain(text: str) -> str:
    """The words alone: case, spaces and a closing stop say nothing."""
    return " ".join(text.casefold().split()).rstrip(".;")


def carried_content(earlier: Content, later: Content, mapping: SheetMapping) -> Content:
    """The later dossier's content with what the earlier one gives; what was entered already stays."""
    content: Content = {section: dict(fields) for section, fields in later.items()}
    for section in FORMS:
        for name, value in earlier[section].items():
            if carried_field(section, name) and is_empty(content[section].get(name)):
                content[section][name] = value
    for code, old in mapping.same_question.items():
        if code not in content["choices"] and old in earlier["choices"]:
            content["choices"][code] = earlier["choices"][old]
        if code not in content["notes"] and old in earlier["notes"]:
            content["notes"][code] = earlier["notes"][old]
    if mapping.same_sheet:
        content["part_totals"] = earlier["part_totals"] | content["part_totals"]
    return content


def carried_papers(
    earlier: Sequence[HeldPaper], later: Sequence[HeldPaper], mapping: SheetMapping, today: date
) -> list[HeldPaper]:
    """Papers to be attached again: still valid, for a criterion of the later sheet, and not there already."""
    here = {(paper.file_sha256, paper.name) for paper in later}
    found = []
    for paper in earlier:
        criteria = _criteria_now(paper, mapping)
        if paper.holds_on(today) and criteria and (paper.file_sha256, paper.name) not in here:
            found.append(
                HeldPaper(
                    paper.file_sha256,
                    paper.name,
                    criteria,
                    paper.issuer,
                    paper.number,
                    paper.issued_on,
                    paper.expires_on,
                )
            )
    return found


def _criteria_now(paper: HeldPaper, mapping: SheetMapping) -> tuple[str, ...]:
    return tuple(code for code, old in mapping.same_title.items() if old in paper.criteria)


def compare_dossiers(  # two dossiers, the sheets between them, and the day
    earlier: Content,
    later: Content,
    earlier_papers: Sequence[HeldPaper],
    later_papers: Sequence[HeldPaper],
    mapping: SheetMapping,
    earlier_sheet: Sheet,
    later_sheet: Sheet,
    today: date,
) -> list[Item]:
    """Everything of either dossier, with how it stands: forms, then criteria in printed order, then papers."""
    return [
        *_forms(earlier, later),
        *_answers(earlier, later, mapping, earlier_sheet, later_sheet),
        *_papers(earlier_papers, later_papers, mapping, today),
    ]


def _forms(earlier: Content, later: Content) -> list[Item]:
    items = []
    for section, fields in FORMS.items():
        for name in fields:
            before, now = earlier[section].get(name), later[section].get(name)
            if state := _state(before, now):
                items.append(Item(section, name, state, before, now))
    return items


def _state(before: Any, now: Any) -> ItemState | None:
    if is_empty(before):
        return None if is_empty(now) else ItemState.NEW
    if is_empty(now):
        return ItemState.MISSING
    return ItemState.CARRIED if before == now else ItemState.CHANGED


def _answers(
    earlier: Content, later: Content, mapping: SheetMapping, earlier_sheet: Sheet, later_sheet: Sheet
) -> list[Item]:
    items = []
    for criterion in later_sheet.criteria:
        old = mapping.same_question.get(criterion.code)
        titled = mapping.same_title.get(criterion.code)
        now: Choice | None = later["choices"].get(criterion.code)
        note = later["notes"].get(criterion.code)
        if old is not None:
            for section, value in (("choices", now), ("notes", note)):
                before = earlier[section].get(old)
                if state := _state(before, value):
                    items.append(Item(section, criterion.code, state, before, value))
        elif titled is not None and titled in earlier["choices"]:
            state = ItemState.ANEW if now is None else ItemState.CHANGED
            items.append(Item("choices", criterion.code, state, earlier["choices"][titled], now))
        elif now is not None:
            items.append(Item("choices", criterion.code, ItemState.NEW, None, now))
        if old is None and note is not None:
            items.append(Item("notes", criterion.code, ItemState.NEW, None, note))
    kept = set(mapping.same_title.values()) | set(mapping.same_question.values())
    return items + [
        Item("choices", criterion.code, ItemState.NOT_ON_SHEET, earlier["choices"][criterion.code])
        for criterion in earlier_sheet.criteria
        if criterion.code in earlier["choices"] and criterion.code not in kept
    ]


def _papers(earlier: Sequence[HeldPaper], later: Sequence[HeldPaper], mapping: SheetMapping, today: date) -> list[Item]:
    here = {(paper.file_sha256, paper.name): paper for paper in later}
    items = []
    for paper in earlier:
        now = here.pop((paper.file_sha256, paper.name), None)
        if not (now or paper).holds_on(today):
            state = ItemState.EXPIRED
        elif now is None:
            state = ItemState.MISSING if _criteria_now(paper, mapping) else ItemState.NOT_ON_SHEET
        else:
            same = (now.issuer, now.number, now.issued_on, now.expires_on) == (
                paper.issuer,
                paper.number,
                paper.issued_on,
                paper.expires_on,
            )
            state = ItemState.CARRIED if same else ItemState.CHANGED
        items.append(Item("evidence", paper.name, state, paper, now))
    return items + [
        Item("evidence", paper.name, ItemState.NEW if paper.holds_on(today) else ItemState.EXPIRED, None, paper)
        for paper in here.values()
    ]
