"""The self-score (Form 02 part III) as it is stored: what was answered, and what it comes to."""

from collections.abc import Collection, Mapping
from typing import Any

from evaluation.domain.choices import read_part_totals, read_self_score
from evaluation.domain.documents import Faults
from evaluation.domain.faults import quoted
from evaluation.domain.sheets import Sheet


def self_score_faults(
    sheet: Sheet, choices: Mapping[str, Any], notes: Collection[str], part_totals: Mapping[str, int], faults: Faults
) -> None:
    """Note every answer that the sheet does not have."""
    if sheet.recorded_only:
        for code in choices:
            faults.add(
                quoted("choices", code),
                "not_allowed",
                "bộ tiêu chí này chưa đủ để chấm từng tiêu chí: ghi part_totals",
                "the criteria of this sheet are incomplete: give part_totals",
            )
        read_part_totals(sheet, part_totals, "part_totals", faults)
    else:
        read_self_score(sheet, choices, "choices", faults)
        if part_totals:
            faults.add(
                "part_totals", "not_allowed", "phiếu này chấm từng tiêu chí", "this sheet is scored by criterion"
            )
    known = {criterion.code for criterion in sheet.criteria} | {part.code for part in sheet.parts}
    for code in notes:
        if code not in known:
            faults.add(
                quoted("notes", code),
                "unknown_criterion",
                f"phiếu không có tiêu chí {code}",
                f"the sheet has no criterion {code}",
            )


def self_score_of(
    sheet: Sheet, choices: Mapping[str, Any], notes: Mapping[str, str], part_totals: Mapping[str, int]
) -> dict[str, Any]:
    """The self-score with its points by criterion and part. Answers the sheet does not have count nothing."""
    ignored = Faults()  # what the sheet no longer has is named by completeness, and counts nothing here
    if sheet.recorded_only:
        points: dict[str, int] = {}
        parts = read_part_totals(sheet, part_totals, "part_totals", ignored)
    else:
        points = read_self_score(sheet, choices, "choices", ignored)
        parts = {part.code: 0 for part in sheet.parts}
        for criterion in sheet.criteria:
            parts[criterion.part] += points.get(criterion.code, 0)
    return {
        "choices": dict(choices),
        "notes": dict(notes),
        "part_totals": dict(part_totals),
        "points": points,
        "parts": parts,
        "total": sum(parts.values()),
    }
