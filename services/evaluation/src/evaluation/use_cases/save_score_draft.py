"""A member saves a score sheet he has not finished."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from evaluation.domain.choices import Choice, read_unfinished
from evaluation.domain.documents import Faults
from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.round_errors import AlreadySubmitted
from evaluation.persistence.tables.score_sheets import ScoreDraftRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import require_not_recused, require_open, round_for_member
from shared.auth.actors import Actor
from shared.errors import PreconditionRequired, Stale


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What is on an unfinished sheet: answers so far, part totals on a recorded-only sheet, notes, remarks."""

    choices: Mapping[str, Choice]
    part_totals: Mapping[str, int]
    notes: Mapping[str, str]
    remarks: str | None


async def save_score_draft(
    uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID, content: DraftContent, expected: int | None
) -> ScoreDraftRow:
    """Save a draft; what is not answered yet is no fault, an option that the sheet does not have is.

    `expected` is the version the member edits; a first draft needs none. Raises NotFound, Forbidden, RoundNotOpen,
    AlreadySubmitted, Invalid with every fault, PreconditionRequired or Stale when there is a draft he has not seen.
    """
    round_row = await round_for_member(uow, actor, round_id)
    entry = await uow.rounds.dossier(round_id, dossier_id)
    await require_not_recused(uow, actor, round_id, dossier_id)
    require_open(round_row)
    if await uow.score_sheets.submitted(entry, actor.person_id):
        raise AlreadySubmitted("Phiếu đã nộp, không sửa được.", "The sheet was submitted and does not change.")
    faults = Faults()
    read_unfinished(await uow.rules.sheet(entry.sheet_id), content.choices, content.part_totals, faults)
    if faults:
        raise invalid(ScoreError(faults))
    draft = await uow.score_sheets.draft(round_id, dossier_id, actor.person_id)
    current = 0 if draft is None else draft.version
    if expected is None and draft is not None:
        raise PreconditionRequired(
            "Đã có bản nháp: gửi If-Match với ETag của lần đọc gần nhất.",
            "There is a draft: send If-Match with the ETag of your latest read.",
        )
    if expected is not None and expected != current:
        raise Stale("Bản nháp đã được sửa; đọc lại rồi sửa tiếp.", "The draft changed; read again, then edit.")
    now = await uow.now()
    if draft is None:
        draft = ScoreDraftRow(round_id=round_id, dossier_id=dossier_id, member_id=actor.person_id, version=0)
        uow.score_sheets.add_draft(draft)
    draft.choices = dict(content.choices)
    draft.part_totals = dict(content.part_totals)
    draft.notes = dict(content.notes)
    draft.remarks = content.remarks
    draft.updated_at = now
    draft.version += 1
    await uow.session.flush()
    return draft
