"""From a JSON document (`ocop-criteria-set/1`) to a Sheet, every fault listed with its path.

Checked: unique codes, whole points, sums of criterion, group, part and sheet, equal maxima of alternatives,
floors that can be reached and never fall as stars rise, dependencies that exist.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from evaluation.domain.documents import Faults, Node, content_hash
from evaluation.domain.faults import Fault
from evaluation.domain.sheets import Alternative, Criterion, Group, Option, Part, Sheet, walk_items

SCHEMA = "ocop-criteria-set/1"
SUM_MISMATCH = "sum_mismatch"
NO_CRITERIA = "no_criteria"
OPTION_FIELDS = frozenset({"text_vi", "text_en", "points", "star_floor", "derived"})
ALTERNATIVE_FIELDS = frozenset({"code", "label_vi", "label_en", "options"})
ITEM_FIELDS = frozenset(
    {"kind", "code", "title_vi", "title_en", "max", "notes_vi", "knockouts_vi", "requirements_vi", "errata"}
)
GROUP_FIELDS = ITEM_FIELDS | {"items"}
CRITERION_FIELDS = ITEM_FIELDS | {
    "input",
    "select",
    "options",
    "alternatives",
    "implicit_zero",
    "min_points_by_star",
    "star_mark_on_title",
    "commune_report_item",
    "requires_positive",
    "requires_positive_note",
}


def parse_sheet(document: Mapping[str, Any]) -> Sheet:
    """The sheet of a document.

    A document that says `"recorded_only": true` may have sums that do not match, or parts without any
    criterion; they become the reason why members enter part totals. Raises DocumentError with all other
    faults.
    """
    faults = Faults()
    node = Node(document, "", faults)
    node.choice("schema", [SCHEMA])
    parts = tuple(_part(entry) for entry in node.nodes("parts"))
    criteria = tuple(item for part in parts for item in walk_items(part.items) if isinstance(item, Criterion))
    total_max = node.whole("total_max", least=1)
    if sum(part.max for part in parts) != total_max:
        node.fault("total_max", "total_mismatch", "khác tổng điểm các phần", "differs from the sum of the parts")
    _check_codes(faults, parts)
    _check_dependencies(faults, parts)
    recorded_only = node.flag("recorded_only", default=False)
    because = _excused(faults) if recorded_only else ()
    if recorded_only and not because:
        node.fault(
            "recorded_only",
            "not_allowed",
            "các tổng điểm đều khớp, phải chấm theo tiêu chí",
            "every sum matches",
        )
    sheet = Sheet(
        code=node.text("set_code"),
        decision=node.text("decision"),
        set_no=node.whole("set_no", least=1),
        name_vi=node.text("name_vi"),
        name_en=node.text_or_none("name_en"),
        effective_from=node.day("effective_from"),
        effective_to=node.day_or_none("effective_to"),
        taxonomy_ref=node.text_or_none("taxonomy_ref"),
        total_max=total_max,
        parts=parts,
        criteria=criteria,
        disqualify_vi=node.texts("disqualify_if_vi"),
        recorded_only=recorded_only,
        recorded_only_because=because,
        content_hash=content_hash(document) if not faults else "",
        completes=node.text_or_none("completes"),
    )
    if sheet.effective_to is not None and sheet.effective_to < sheet.effective_from:
        node.fault("effective_to", "order", "sớm hơn ngày bắt đầu", "is before effective_from")
    if sheet.completes is not None and (sheet.recorded_only or sheet.completes == sheet.code):
        node.fault(
            "completes",
            "contradiction",
            "bản bổ sung phải đầy đủ và có mã riêng",
            "a completed sheet must be whole and have a code of its own",
        )
    faults.refuse()
    return sheet


def _excused(faults: Faults) -> tuple[Fault, ...]:
    """Take out of `faults` those that a recorded-only sheet may have."""
    because = tuple(fault for fault in faults if fault.code in (SUM_MISMATCH, NO_CRITERIA))
    faults[:] = [fault for fault in faults if fault not in because]
    return because


def _part(entry: Node) -> Part:
    code = entry.text("code")
    items = tuple(_item(child, code) for child in entry.nodes("items"))
    part = Part(code, entry.text("name_vi"), entry.text_or_none("name_en"), entry.whole("max", least=1), items)
    if items:
        _check_sum(entry, part.max, sum(item.max for item in items))
    else:
        entry.fault("items", NO_CRITERIA, "phần không có tiêu chí nào", "the part has no criteria")
    return part


def _item(entry: Node, part: str) -> Group | Criterion:
    if entry.choice("kind", ["criterion", "group"]) == "criterion":
        return _criterion(entry, part)
    entry.only(GROUP_FIELDS)
    items = tuple(_item(child, part) for child in entry.nodes("items"))
    group = Group(
        code=entry.text("code"),
        title_vi=entry.text("title_vi"),
        title_en=entry.text_or_none("title_en"),
        max=entry.whole("max", least=1),
        items=items,
        knockouts_vi=entry.texts("knockouts_vi"),
        notes_vi=entry.texts("notes_vi"),
    )
    if not items:
        entry.fault("items", "missing", "nhóm không có tiêu chí nào", "the group has no items")
    else:
        _check_sum(entry, group.max, sum(item.max for item in items))
    return group


def _criterion(entry: Node, part: str) -> Criterion:
    entry.only(CRITERION_FIELDS)
    options = _options(entry)
    alternatives = tuple(_alternative(child) for child in entry.nodes("alternatives"))
    rows = options + tuple(option for alternative in alternatives for option in alternative.options)
    criterion = Criterion(
        code=entry.text("code"),
        part=part,
        title_vi=entry.text("title_vi"),
        title_en=entry.text_or_none("title_en"),
        max=entry.whole("max", least=1),
        options=options,
        alternatives=alternatives,
        implicit_zero=entry.flag("implicit_zero", default=all(row.points for row in rows)),
        min_points_by_star=_floors(entry, rows),
        requires_positive=entry.text_or_none("requires_positive"),
        commune_report_item=entry.text_or_none("commune_report_item"),
        knockouts_vi=entry.texts("knockouts_vi"),
        requirements_vi=entry.texts("requirements_vi"),
        notes_vi=entry.texts("notes_vi"),
    )
    if bool(options) == bool(alternatives):
        entry.fault("options", "missing", "phải có options hoặc alternatives", "needs options or else alternatives")
    elif criterion.implicit_zero != all(row.points for row in rows):
        entry.fault("implicit_zero", "contradiction", "trái với các mức điểm đã in", "contradicts the printed options")
    _check_maxima(entry, criterion)
    return criterion


def _options(entry: Node) -> tuple[Option, ...]:
    options = []
    for number, child in enumerate(entry.nodes("options"), start=1):
        child.only(OPTION_FIELDS)
        options.append(
            Option(
                number,
                child.text("text_vi"),
                child.whole("points"),
                child.whole_or_none("star_floor", least=1),
            )
        )
    return tuple(options)


def _alternative(entry: Node) -> Alternative:
    entry.only(ALTERNATIVE_FIELDS)
    alternative = Alternative(entry.text("code"), entry.text("label_vi"), _options(entry))
    if not alternative.options:
        entry.fault("options", "missing", "trường hợp không có mức điểm nào", "the alternative has no options")
    if "." in alternative.code:
        entry.fault("code", "not_allowed", "không được chứa dấu chấm", "must not contain a dot")
    return alternative


def _floors(entry: Node, rows: tuple[Option, ...]) -> dict[int, int]:
    """Floors by star: the fewest points among the options marked with it, as `min_points_by_star` must
    repeat.

    A mark on the heading (`star_mark_on_title`) asks for the lowest option above 0.
    """
    printed: dict[int, int] = {}
    for row in rows:
        if row.star_floor is not None:
            printed[row.star_floor] = min(row.points, printed.get(row.star_floor, row.points))
    title_mark = entry.whole_or_none("star_mark_on_title", least=1)
    positive = [row.points for row in rows if row.points]
    if title_mark is not None and positive:
        printed[title_mark] = min(positive)
    declared = entry.star_map("min_points_by_star")
    floors = dict(sorted(printed.items()))
    if "min_points_by_star" in entry.fields and declared != floors:
        entry.fault(
            "min_points_by_star",
            "contradiction",
            f"trái với dấu sao trên các mức điểm: {floors}",
            f"contradicts the marks on the options: {floors}",
        )
    return floors


def _check_maxima(entry: Node, criterion: Criterion) -> None:
    tops = {max((row.points for row in case.options), default=0) for case in criterion.alternatives}
    if len({case.code for case in criterion.alternatives}) != len(criterion.alternatives):
        entry.fault("alternatives", "not_unique", "mã trường hợp bị lặp", "an alternative's code is used twice")
    if len(tops) > 1:
        entry.fault("alternatives", "unequal_maxima", "điểm tối đa khác nhau", f"maxima differ: {sorted(tops)}")
    if criterion.options:
        tops = {max(row.points for row in criterion.options)}
    if tops:
        _check_sum(entry, criterion.max, max(tops))
    floors = list(criterion.min_points_by_star.values())
    if floors != sorted(floors):
        entry.fault("min_points_by_star", "falling", "mức sàn giảm khi số sao tăng", "floors fall as stars rise")
    if criterion.min_points_by_star and max(floors) > criterion.max:
        entry.fault("min_points_by_star", "unreachable", "mức sàn cao hơn điểm tối đa", "a floor is above the maximum")


def _check_sum(entry: Node, declared: int, found: int) -> None:
    if declared != found:
        entry.fault("max", SUM_MISMATCH, f"khai {declared}, cộng được {found}", f"declared {declared}, found {found}")


def _paths(items: tuple[Group | Criterion, ...], at: str) -> Iterator[tuple[str, Group | Criterion]]:
    """Every item below with its path in the document."""
    for i, item in enumerate(items):
        path = f"{at}.items[{i}]"
        yield path, item
        if isinstance(item, Group):
            yield from _paths(item.items, path)


def _check_codes(faults: Faults, parts: tuple[Part, ...]) -> None:
    if not parts:
        faults.add("parts", "missing", "thiếu các phần", "the parts are missing")
    seen: set[str] = set()
    for i, part in enumerate(parts):
        named = [(f"parts[{i}]", part.code)]
        named += [(path, item.code) for path, item in _paths(part.items, f"parts[{i}]")]
        for path, code in named:
            if code in seen:
                faults.add(f"{path}.code", "not_unique", f"mã {code} bị lặp", f"code {code} is used twice")
            seen.add(code)


def _check_dependencies(faults: Faults, parts: tuple[Part, ...]) -> None:
    placed = [entry for i, part in enumerate(parts) for entry in _paths(part.items, f"parts[{i}]")]
    criteria = {item.code: item for _, item in placed if isinstance(item, Criterion)}
    for path, item in placed:
        if not isinstance(item, Criterion) or item.requires_positive is None:
            continue
        base = criteria.get(item.requires_positive)
        if base is None or base.code == item.code or base.requires_positive is not None:
            faults.add(
                f"{path}.requires_positive",
                "unknown_criterion",
                "phải là tiêu chí khác trong phiếu và tiêu chí đó không phụ thuộc tiếp",
                "must be another criterion of the sheet that itself depends on none",
            )
