"""All results of a province are computed again from their own inputs; what comes out otherwise is reported."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.recomputing import Finding, Law, StoredResult, Verdict, recompute
from evaluation.domain.result_records import ResultRecord
from evaluation.domain.rule_errors import RecomputationRunning
from evaluation.persistence.recomputations import OVERSEERS
from evaluation.persistence.tables.recomputations import RecomputationFindingRow, RecomputationRow
from evaluation.persistence.tables.results import ResultRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.errors import Forbidden, NotFound
from shared.ids import new_id

BATCH = 200
"""Results of one transaction: about a second's work, so that a killed worker loses little."""

FIELDS = tuple(field.name for field in fields(ResultRecord))


async def start_recomputation(uow: EvaluationUow, actor: Actor, province_code: str) -> RecomputationRow:
    """Begin to compute every result of the province's dossiers again; workers do it in the background.

    Raises Forbidden for another province, RecomputationRunning.
    """
    if not any(province_code in actor.units(role) for role in OVERSEERS):
        raise Forbidden(
            "Chỉ thanh tra hoặc thư ký của tỉnh yêu cầu tính lại kết quả của tỉnh.",
            "Only the province's auditor or secretary has its results recomputed.",
            needs=sorted(OVERSEERS),
            unit_code=province_code,
        )
    running = await uow.recomputations.running(province_code)
    if running is not None:
        raise RecomputationRunning(
            "Đang tính lại kết quả của tỉnh; xem tiến độ ở recomputation.",
            "The province's results are being recomputed; see recomputation for its progress.",
            state="running",
            allowed=[],
            recomputation=str(running),
        )
    row = RecomputationRow(id=new_id(), province_code=province_code, started_by=actor.person_id)
    await uow.recomputations.add(row)
    await uow.audit(str(actor.person_id), "results.recomputed", "recomputation", row.id, {"province": province_code})
    return row


async def recompute_batch(uow: EvaluationUow, recomputation_id: UUID) -> bool:
    """Check the next results; whether more are left. Running twice checks nothing twice: the cursor is locked."""
    row = await uow.recomputations.hold(recomputation_id)
    if row is None:
        return False
    if row.total is None:
        row.total, row.upto = await uow.recomputations.extent(row.province_code)
    results = [] if row.upto is None else await uow.recomputations.batch(row, BATCH)
    laws = {key: await law_of(uow, *key) for key in {_pins(result) for result in results}}
    pairs = [(stored_result(result), laws[_pins(result)]) for result in results]
    verdicts = await asyncio.to_thread(lambda: [recompute(stored, law) for stored, law in pairs])
    corrections = await uow.recomputations.corrections([result.id for result in results])
    counted = dict(row.recorded_only)
    for result, verdict in zip(results, verdicts, strict=True):
        sheet = laws[_pins(result)].sheet
        if sheet is not None and sheet.recorded_only:
            counted[sheet.code] = counted.get(sheet.code, 0) + 1
        if verdict.finding is not None:
            uow.recomputations.note([_finding(row.id, result, verdict)])
            row.differing += verdict.finding is not Finding.WORDING
        if result.id in corrections:
            uow.recomputations.note([_corrected(row.id, result, corrections[result.id])])
    row.recorded_only = counted
    row.checked += len(results)
    if results:
        row.cursor = results[-1].id
    if len(results) < BATCH:
        row.finished_at = await uow.now()
        return False
    return True


def _pins(result: ResultRow) -> tuple[str, str, str]:
    return result.ruleset_id, result.sheet_id, result.charter_id


def stored_result(result: ResultRow) -> StoredResult:
    """A result's row as the rules know it."""
    return StoredResult(result.level, result.inputs, {name: getattr(result, name) for name in FIELDS})


async def law_of(uow: EvaluationUow, ruleset_id: str, sheet_id: str, charter_id: str) -> Law:
    """The stored versions of these ids; whether they are the pinned ones their hashes tell."""
    ruleset, sheet = await uow.rules.pair(ruleset_id, sheet_id)
    try:
        charter = await uow.rules.charter(charter_id)
    except NotFound:
        charter = None
    return Law(ruleset, sheet, charter)


def _corrected(recomputation_id: UUID, result: ResultRow, corrections: Sequence[Row[Any]]) -> RecomputationFindingRow:
    """What the council found beside what decisions of correction made of it; the record itself stays as it was."""
    told = [
        {"correction_id": str(one.id), "basis": one.basis, "star": one.star, "mean_decimal": one.mean_decimal}
        for one in corrections
    ]
    return RecomputationFindingRow(
        recomputation_id=recomputation_id,
        result_id=result.id,
        dossier_id=result.dossier_id,
        kind=Finding.CORRECTED.value,
        details={"star": result.star, "mean_decimal": result.mean_decimal, "corrections": told},
    )


def _finding(recomputation_id: UUID, result: ResultRow, verdict: Verdict) -> RecomputationFindingRow:
    assert verdict.finding is not None
    return RecomputationFindingRow(
        recomputation_id=recomputation_id,
        result_id=result.id,
        dossier_id=result.dossier_id,
        kind=verdict.finding.value,
        details={"differences": [asdict(one) for one in verdict.differences], "reason": verdict.reason},
    )
