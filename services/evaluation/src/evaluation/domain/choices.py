"""Score sheets as members fill them in, read into points.

A choice is the option's number in printed order from 1; 0 where none applies and the sheet prints no option
worth 0; `"<alternative>.<number>"` in a criterion with alternatives. Every criterion is answered. A sheet
whose criteria are not known takes one whole total per part instead.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evaluation.domain.documents import Faults
from evaluation.domain.faults import quoted
from evaluation.domain.sheets import Criterion, Option, Sheet

Choice = int | str
ALTERNATIVE_CHOICE = re.compile(r"([^.]+)\.([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """What one member answered: `choices` by criterion, or `part_totals` by part on a recorded-only sheet."""

    member: str
    choices: Mapping[str, Choice] = field(default_factory=dict)
    part_totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MemberPoints:
    """A member's answers in points: by criterion (empty on a recorded-only sheet), by part, and in total.

    `forced` are criteria that count 0 because the criterion they depend on is 0, though more was ticked.
    """

    member: str
    criteria: Mapping[str, int]
    parts: Mapping[str, int]
    total: int
    forced: tuple[str, ...]


def read_score_sheets(sheet: Sheet, score_sheets: Sequence[ScoreSheet], faults: Faults) -> list[MemberPoints]:
    """Points of every member, in the order given; faults are noted with paths under `score_sheets`."""
    seen: set[str] = set()
    read = []
    for i, score_sheet in enumerate(score_sheets):
        path = f"score_sheets[{i}]"
        if not score_sheet.member or score_sheet.member in seen:
            faults.add(
                f"{path}.member",
                "not_unique",
                "mỗi thành viên có đúng một phiếu và phải có tên",
                "each member has a name and exactly one score sheet",
            )
        seen.add(score_sheet.member)
        reader = _read_part_totals if sheet.recorded_only else _read_choices
        read.append(reader(sheet, score_sheet, path, faults))
    return read


def read_agreed(
    sheet: Sheet, agreed: Mapping[str, Choice], required: Sequence[Criterion], faults: Faults
) -> dict[str, int]:
    """Points of the options the council agreed on; every criterion in `required` must be among them."""
    points = _points(sheet, agreed, "agreed", faults)
    for criterion in required:
        if criterion.code not in agreed:
            faults.add(
                quoted("agreed", criterion.code),
                "missing",
                f"tiêu chí {criterion.code} có mức sàn theo sao: Hội đồng phải thống nhất một mức",
                f"criterion {criterion.code} has a star floor: the council must agree one option",
            )
    return _force_dependents(sheet, points)[0]


def read_unfinished(
    sheet: Sheet, choices: Mapping[str, Choice], part_totals: Mapping[str, int], faults: Faults
) -> None:
    """Note what is wrong with a sheet that is still being filled in; what is not answered yet is no fault."""
    _points(sheet, choices, "choices", faults)
    known = {part.code: part.max for part in sheet.parts}
    for code, value in part_totals.items():
        path = quoted("part_totals", code)
        if not sheet.recorded_only:
            faults.add(
                path,
                "not_allowed",
                "phiếu này chấm theo từng tiêu chí, không nhập điểm phần",
                "this sheet is scored by criterion, not by part totals",
            )
        elif code not in known:
            faults.add(path, "unknown_part", f"phiếu không có phần {code}", f"there is no part {code}")
        elif not 0 <= value <= known[code]:
            faults.add(
                path,
                "out_of_range",
                f"phần {code} cần một số nguyên từ 0 đến {known[code]}",
                f"part {code} needs a whole number from 0 to {known[code]}",
            )


def _read_choices(sheet: Sheet, score_sheet: ScoreSheet, path: str, faults: Faults) -> MemberPoints:
    at = f"{path}.choices"
    points = _points(sheet, score_sheet.choices, at, faults)
    for criterion in sheet.criteria:
        if criterion.code not in score_sheet.choices:
            faults.add(
                quoted(at, criterion.code),
                "missing",
                f"chưa chấm tiêu chí {criterion.code}",
                f"criterion {criterion.code} is not answered",
            )
    if score_sheet.part_totals:
        faults.add(
            f"{path}.part_totals",
            "not_allowed",
            "phiếu này chấm theo từng tiêu chí, không nhập điểm phần",
            "this sheet is scored by criterion, not by part totals",
        )
    counted, forced = _force_dependents(sheet, points)
    parts = {part.code: 0 for part in sheet.parts}
    for criterion in sheet.criteria:
        parts[criterion.part] += counted.get(criterion.code, 0)
    return MemberPoints(score_sheet.member, counted, parts, sum(parts.values()), forced)


def _read_part_totals(sheet: Sheet, score_sheet: ScoreSheet, path: str, faults: Faults) -> MemberPoints:
    at = f"{path}.part_totals"
    parts = {}
    for part in sheet.parts:
        value = score_sheet.part_totals.get(part.code)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is None or not whole or not 0 <= value <= part.max:
            faults.add(
                quoted(at, part.code),
                "missing" if value is None else "out_of_range",
                f"phần {part.code} cần một số nguyên từ 0 đến {part.max}",
                f"part {part.code} needs a whole number from 0 to {part.max}",
            )
        else:
            parts[part.code] = value
    for code in score_sheet.part_totals:
        if code not in {part.code for part in sheet.parts}:
            faults.add(quoted(at, code), "unknown_part", f"phiếu không có phần {code}", f"there is no part {code}")
    if score_sheet.choices:
        faults.add(
            f"{path}.choices",
            "not_allowed",
            "bộ tiêu chí này chưa đủ để chấm từng tiêu chí: nhập tổng điểm mỗi phần",
            "the criteria of this sheet are incomplete: enter one total per part",
        )
    return MemberPoints(score_sheet.member, {}, parts, sum(parts.values()), ())


def _points(sheet: Sheet, choices: Mapping[str, Choice], at: str, faults: Faults) -> dict[str, int]:
    known = {criterion.code: criterion for criterion in sheet.criteria}
    points = {}
    for code, choice in choices.items():
        criterion = known.get(code)
        if criterion is None:
            faults.add(
                quoted(at, code),
                "unknown_criterion",
                f"phiếu không có tiêu chí {code}",
                f"the sheet has no criterion {code}",
            )
            continue
        value = _read_choice(criterion, choice, quoted(at, code), faults)
        if value is not None:
            points[code] = value
    return points


def _read_choice(criterion: Criterion, choice: object, path: str, faults: Faults) -> int | None:
    """Points of one choice, or None with a fault noted."""
    if choice == 0 and isinstance(choice, int) and not isinstance(choice, bool):
        if criterion.implicit_zero:
            return 0
        faults.add(
            path,
            "zero_not_allowed",
            f"tiêu chí {criterion.code} có in mức 0 điểm: hãy chọn số thứ tự của mức đó",
            f"criterion {criterion.code} prints an option worth 0: choose its number",
        )
        return None
    if criterion.alternatives:
        return _read_alternative(criterion, choice, path, faults)
    if not isinstance(choice, int) or isinstance(choice, bool):
        faults.add(
            path,
            "not_a_number",
            f"tiêu chí {criterion.code} cần số thứ tự của mức điểm",
            f"criterion {criterion.code} needs the number of an option",
        )
        return None
    return _pick(criterion.options, choice, path, faults)


def _read_alternative(criterion: Criterion, choice: object, path: str, faults: Faults) -> int | None:
    match = ALTERNATIVE_CHOICE.fullmatch(choice) if isinstance(choice, str) else None
    codes = ", ".join(case.code for case in criterion.alternatives)
    if match is None:
        example = f'"{criterion.alternatives[0].code}.1"'
        faults.add(
            path,
            "alternative_missing",
            f"tiêu chí {criterion.code} có các trường hợp {codes}: ghi dạng {example}",
            f"criterion {criterion.code} has alternatives {codes}: write it like {example}",
        )
        return None
    for case in criterion.alternatives:
        if case.code == match[1]:
            return _pick(case.options, int(match[2]), path, faults)
    faults.add(
        path,
        "unknown_alternative",
        f"không có trường hợp {match[1]}, chỉ có {codes}",
        f"there is no alternative {match[1]}, only {codes}",
    )
    return None


def _pick(options: tuple[Option, ...], number: int, path: str, faults: Faults) -> int | None:
    if 1 <= number <= len(options):
        return options[number - 1].points
    faults.add(
        path,
        "unknown_option",
        f"chỉ có các mức từ 1 đến {len(options)}",
        f"options run from 1 to {len(options)}",
    )
    return None


def _force_dependents(sheet: Sheet, points: Mapping[str, int]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Points after dependencies: a criterion counts 0 where the one it requires is answered with 0 points."""
    counted = dict(points)
    forced = []
    for criterion in sheet.criteria:
        needed = criterion.requires_positive
        if needed is not None and counted.get(criterion.code, 0) > 0 and points.get(needed) == 0:
            counted[criterion.code] = 0
            forced.append(criterion.code)
    return counted, tuple(forced)


def read_self_score(sheet: Sheet, choices: Mapping[str, Choice], at: str, faults: Faults) -> dict[str, int]:
    """Points of a self-score that may be half filled; faults are noted with paths under `at`."""
    return _force_dependents(sheet, _points(sheet, choices, at, faults))[0]


def read_part_totals(sheet: Sheet, part_totals: Mapping[str, int], at: str, faults: Faults) -> dict[str, int]:
    """Part totals of a self-score on a recorded-only sheet, which may be half filled."""
    known = {part.code: part.max for part in sheet.parts}
    for code, total in part_totals.items():
        if code not in known:
            faults.add(quoted(at, code), "unknown_part", f"phiếu không có phần {code}", f"there is no part {code}")
        elif not 0 <= total <= known[code]:
            faults.add(
                quoted(at, code),
                "out_of_range",
                f"phần {code} từ 0 đến {known[code]} điểm",
                f"part {code} goes from 0 to {known[code]} points",
            )
    return {code: total for code, total in part_totals.items() if code in known}
