"""What differs between two versions of a ruleset, sheet or charter: by path, and for sheets in words too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evaluation.domain.faults import quoted
from evaluation.domain.sheets import Criterion, Sheet

NAMES = ("code", "id", "star", "kind")
"""Fields by which the members of a list are known, the first that all have and that tells them apart."""


class Change(StrEnum):
    """What happened to a value on the way from one version to the other."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that differs, written as faults are. `before` is None where added, `after` where removed."""

    path: str
    change: Change
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Remark:
    """One difference of two sheets in words. `rule`: added, removed, re_pointed, re_floored, reworded, moved."""

    criterion: str
    rule: str
    vi: str
    en: str


def differences(before: object, after: object) -> list[Difference]:
    """Every leaf that differs, in the order of the documents; a whole object that came or went is one difference."""
    return list(_walk("", before, after))


def _walk(path: str, before: object, after: object) -> Iterator[Difference]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _members(path, before, after, dotted=True)
    elif isinstance(before, list) and isinstance(after, list):
        name = _name_of(before, after)
        if name is None:
            old, new = dict(enumerate(before)), dict(enumerate(after))
            yield from _members(path, old, new, dotted=False)
        else:
            yield from _members(path, {e[name]: e for e in before}, {e[name]: e for e in after}, dotted=False)
    else:
        yield Difference(path, Change.CHANGED, before, after)


def _members(path: str, before: Mapping[Any, Any], after: Mapping[Any, Any], *, dotted: bool) -> Iterator[Difference]:
    for key in [*before, *(key for key in after if key not in before)]:
        at = _at(path, key, dotted=dotted)
        if key not in after:
            yield Difference(at, Change.REMOVED, before[key], None)
        elif key not in before:
            yield Difference(at, Change.ADDED, None, after[key])
        else:
            yield from _walk(at, before[key], after[key])


def _at(path: str, key: object, *, dotted: bool) -> str:
    if isinstance(key, str) and dotted and key.isidentifier():
        return f"{path}.{key}" if path else key
    return quoted(path, key) if isinstance(key, str) else f"{path}[{key}]"


def _name_of(before: list[Any], after: list[Any]) -> str | None:
    for name in NAMES:
        if all(_tells_apart(entries, name) for entries in (before, after)) and (before or after):
            return name
    return None


def _tells_apart(entries: list[Any], name: str) -> bool:
    if not all(isinstance(entry, Mapping) and isinstance(entry.get(name), str | int) for entry in entries):
        return False
    return len({entry[name] for entry in entries}) == len(entries)


def sheet_remarks(before: Sheet, after: Sheet) -> list[Remark]:
    """What changed for who fills in the sheet: criteria that came, went, or count otherwise."""
    old = {criterion.code: criterion for criterion in before.criteria}
    new = {criterion.code: criterion for criterion in after.criteria}
    remarks = [
        Remark(
            code,
            "removed",
            f"Bỏ tiêu chí {code} ({criterion.title_vi}), tối đa {criterion.max} điểm",
            f"Criterion {code} ({criterion.title_en or criterion.title_vi}) is gone;"
            f" it had up to {criterion.max} points",
        )
        for code, criterion in old.items()
        if code not in new
    ]
    for code, criterion in new.items():
        if code in old:
            remarks += _compared(old[code], criterion)
        else:
            remarks.append(
                Remark(
                    code,
                    "added",
                    f"Thêm tiêu chí {code} ({criterion.title_vi}), tối đa {criterion.max} điểm",
                    f"Criterion {code} ({criterion.title_en or criterion.title_vi}) is new,"
                    f" up to {criterion.max} points",
                )
            )
    return remarks


def _compared(old: Criterion, new: Criterion) -> Iterator[Remark]:
    code = new.code
    points, were = _points(new), _points(old)
    if points != were:
        yield Remark(
            code,
            "re_pointed",
            f"Tiêu chí {code}: điểm từ {were} thành {points}",
            f"Criterion {code}: points change from {were} to {points}",
        )
    if dict(old.min_points_by_star) != dict(new.min_points_by_star):
        was, now = _floors(old), _floors(new)
        yield Remark(
            code,
            "re_floored",
            f"Tiêu chí {code}: mức sàn theo sao từ {was or 'không có'} thành {now or 'không có'}",
            f"Criterion {code}: star floors change from {was or 'none'} to {now or 'none'}",
        )
    if old.part != new.part:
        yield Remark(
            code,
            "moved",
            f"Tiêu chí {code}: chuyển từ phần {old.part} sang phần {new.part}",
            f"Criterion {code} moves from part {old.part} to part {new.part}",
        )
    if old.title_vi != new.title_vi or _texts(old) != _texts(new):
        yield Remark(code, "reworded", f"Tiêu chí {code}: lời văn thay đổi", f"Criterion {code} is worded otherwise")


def _points(criterion: Criterion) -> str:
    """Points of every option in printed order: "0/1/3", or by case "a: 0/3; b: 1/3"."""
    if criterion.options:
        return "/".join(str(option.points) for option in criterion.options)
    return "; ".join(f"{c.code}: {'/'.join(str(o.points) for o in c.options)}" for c in criterion.alternatives)


def _floors(criterion: Criterion) -> str:
    return ", ".join(f"{star} sao/stars: {points}" for star, points in criterion.min_points_by_star.items())


def _texts(criterion: Criterion) -> list[str]:
    cases = [(case.label_vi, case.options) for case in criterion.alternatives]
    return [o.text_vi for o in criterion.options] + [
        text for label, rows in cases for text in (label, *(o.text_vi for o in rows))
    ]
