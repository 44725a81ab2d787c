"""What would these score sheets come to? Nothing is stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.domain.catalogue import default_charter
from evaluation.domain.charters import FloorTest
from evaluation.domain.choices import ScoreSheet
from evaluation.domain.documents import Faults
from evaluation.domain.errors import RecordedOnly, invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.scoring import Result, score
from evaluation.domain.sheets import Sheet
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.load_rules import recorded_only_reason


async def preview_score(
    uow: EvaluationUow,
    ruleset_id: str,
    sheet_id: str,
    floor_test: FloorTest,
    agreed: Mapping[str, Any],
    score_sheets: Sequence[tuple[str, Mapping[str, Any]]],
) -> Result:
    """The result under the system's default charter with this floor test.

    Raises Invalid with every fault, RecordedOnly for a sheet whose criteria are not known well enough.
    """
    ruleset, sheet = await find_pair(uow, ruleset_id, sheet_id)
    if sheet.recorded_only:
        raise recorded_only(sheet)
    members = [ScoreSheet(member, choices) for member, choices in score_sheets]
    try:
        return score(ruleset, sheet, default_charter().with_floor_test(floor_test), members, agreed=agreed)
    except ScoreError as error:
        raise invalid(error) from error


async def find_pair(uow: EvaluationUow, ruleset_id: str, sheet_id: str) -> tuple[Ruleset, Sheet]:
    """The ruleset and the sheet that a caller names. Raises Invalid naming what there is not."""
    ruleset, sheet = await uow.rules.pair(ruleset_id, sheet_id)
    if ruleset is None or sheet is None:
        faults = Faults()
        if ruleset is None:
            faults.add("ruleset", "unknown", f"không có bộ quy định {ruleset_id}", f"there is no ruleset {ruleset_id}")
        if sheet is None:
            faults.add("sheet", "unknown", f"không có bộ tiêu chí {sheet_id}", f"there is no sheet {sheet_id}")
        raise invalid(ScoreError(faults))
    return ruleset, sheet


def recorded_only(sheet: Sheet) -> RecordedOnly:
    """Why a sheet cannot be computed with, and what is possible instead."""
    why_vi, why_en = recorded_only_reason(sheet)
    return RecordedOnly(
        f"Bộ tiêu chí {sheet.code} chưa đủ để tính điểm từng tiêu chí ({why_vi}). Có thể ghi tổng điểm từng phần của"
        " mỗi thành viên trong phiên đánh giá.",
        f"Sheet {sheet.code} is not known well enough to compute with ({why_en}). Part totals of each member can be"
        " recorded in a round.",
        state="recorded_only",
        allowed=["record_part_totals"],
        parts={part.code: part.max for part in sheet.parts},
    )
