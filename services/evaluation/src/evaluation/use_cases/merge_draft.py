"""Save what one of several people changed in a draft, without losing what the others changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func

from evaluation.domain.documents import Faults
from evaluation.domain.dossier_forms import FORMS, REGISTRATION, SELF_ASSESSMENT_SECTIONS, field_path
from evaluation.domain.drafts import SCORE_SECTIONS, Clash, Content, DraftChange, content_of, merge_changes
from evaluation.domain.errors import DraftClash, invalid
from evaluation.domain.faults import ScoreError, quoted
from evaluation.domain.self_scores import self_score_faults, self_score_of
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.edit_dossier import editable, follow_rules
from shared.auth.actors import Actor
from shared.errors import Fault, Text


@dataclass(frozen=True, slots=True)
class MergedDraft:
    """The dossier after the changes; small, since a phone saves often."""

    row: DossierRow
    content: Content


async def merge_draft(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, changes: Sequence[DraftChange]
) -> MergedDraft:
    """Make all the changes, or none. Changes of different fields by different people all stay.

    Raises DraftClash (409) with both values of each field that somebody else changed to something else since; Invalid
    for answers that the sheet does not have; NotFound, Forbidden, Conflict.
    """
    row = await editable(uow, actor, dossier_id)
    sheet = await follow_rules(uow, row)
    _check_answers(sheet, changes)
    content = content_of(row.registration_form, row.self_assessment, row.self_score)
    if clashes := merge_changes(content, changes):
        raise _clash(clashes)
    touched = {change.section for change in changes}
    if REGISTRATION in touched:
        row.registration_form = content[REGISTRATION]
    if touched & set(SELF_ASSESSMENT_SECTIONS):
        row.self_assessment = {section: content[section] for section in SELF_ASSESSMENT_SECTIONS if content[section]}
    if touched & set(SCORE_SECTIONS):
        row.self_score = self_score_of(sheet, content["choices"], content["notes"], content["part_totals"])
    row.updated_at = func.now()
    await uow.flush()
    return MergedDraft(row, content)


def _check_answers(sheet: Sheet, changes: Sequence[DraftChange]) -> None:
    """Only what is written now is checked: an answer that new rules left behind must not stop other work."""
    written: Content = {section: {} for section in SCORE_SECTIONS}
    for change in changes:
        if change.section in written and change.value is not None:
            written[change.section][change.field] = change.value
    faults = Faults()
    self_score_faults(sheet, written["choices"], written["notes"], written["part_totals"], faults)
    if faults:
        raise invalid(ScoreError(faults))


def _clash(clashes: Sequence[Clash]) -> DraftClash:
    text = Text("người khác đã ghi nội dung khác vào mục này", "somebody else wrote something else here")
    return DraftClash(
        f"Có {len(clashes)} mục đã được người khác sửa sau lần bạn xem; chọn một trong hai nội dung rồi gửi lại.",
        f"{len(clashes)} fields were changed by somebody else since you saw them; choose, then send again.",
        faults=[Fault(path_of(clash.change), "clash", text) for clash in clashes],
        clashes=[
            {
                "section": clash.change.section,
                "field": clash.change.field,
                "seen": clash.change.seen,
                "yours": clash.change.value,
                "stored": clash.stored,
            }
            for clash in clashes
        ],
    )


def path_of(change: DraftChange) -> str:
    """The path of the changed field in the dossier's read."""
    if change.section in FORMS:
        return field_path(change.section, change.field)
    return quoted(f"self_score.{change.section}", change.field)
