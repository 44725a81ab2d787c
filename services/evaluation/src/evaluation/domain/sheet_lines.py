"""A scoring sheet as it is printed: one line per part, group, criterion, case and option, with the ticks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from evaluation.domain.choices import Choice
from evaluation.domain.sheets import Criterion, Option, Part, Sheet, walk_items

Rank = Literal["part", "group", "criterion", "case", "option"]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One printed line. `points` are an option's, else the maximum; `given` what was counted on a criterion or part.

    `floor` is the printed star mark of an option; `note` what the member or producer wrote.
    """

    rank: Rank
    code: str
    text: str
    points: int | None
    ticked: bool = False
    given: int | None = None
    floor: int | None = None
    note: str | None = None


def sheet_lines(
    sheet: Sheet, choices: Mapping[str, Choice], points: Mapping[str, int], notes: Mapping[str, str]
) -> tuple[SheetLine, ...]:
    """Every line of the sheet in printed order. `points` by criterion as counted, and by part."""
    return tuple(line for part in sheet.parts for line in _part_lines(part, choices, points, notes))


def _part_lines(
    part: Part, choices: Mapping[str, Choice], points: Mapping[str, int], notes: Mapping[str, str]
) -> Iterator[SheetLine]:
    yield SheetLine("part", part.code, part.name_vi, part.max, given=points.get(part.code))
    for item in walk_items(part.items):
        if not isinstance(item, Criterion):
            yield SheetLine("group", item.code, item.title_vi, item.max)
            continue
        choice = choices.get(item.code)
        yield SheetLine(
            "criterion", item.code, item.title_vi, item.max, given=points.get(item.code), note=notes.get(item.code)
        )
        yield from (_option_line(option, ticked=choice == option.number) for option in item.options)
        for case in item.alternatives:
            yield SheetLine("case", case.code, case.label_vi, None)
            for option in case.options:
                yield _option_line(option, ticked=choice == f"{case.code}.{option.number}")
        if item.implicit_zero:
            yield SheetLine("option", "", "Không thuộc các trường hợp trên", 0, ticked=choice == 0)


def _option_line(option: Option, *, ticked: bool) -> SheetLine:
    return SheetLine("option", "", option.text_vi, option.points, ticked=ticked, floor=option.star_floor)


def chosen_text(criterion: Criterion, choice: Choice | None) -> str | None:
    """What the chosen option says; None where nothing was chosen."""
    if choice is None:
        return None
    if choice == 0:
        return "Không thuộc các trường hợp của tiêu chí"
    for option in criterion.options:
        if choice == option.number:
            return option.text_vi
    for case in criterion.alternatives:
        for option in case.options:
            if choice == f"{case.code}.{option.number}":
                return f"{case.label_vi}: {option.text_vi}"
    return None


def totals_by_part(sheet: Sheet, points: Mapping[str, int]) -> dict[str, int]:
    """Points by part, from those by criterion."""
    return {
        part.code: sum(points.get(c.code, 0) for c in sheet.criteria if c.part == part.code) for part in sheet.parts
    }
