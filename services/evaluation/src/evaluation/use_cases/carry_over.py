"""Take over what an earlier dossier of the product holds, and show how the two differ. Nothing is uploaded again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from evaluation.domain.access import require_producer
from evaluation.domain.carrying_over import (
    HeldPaper,
    Item,
    carried_content,
    carried_papers,
    compare_dossiers,
    map_sheets,
)
from evaluation.domain.dossier_forms import REGISTRATION, SELF_ASSESSMENT_SECTIONS
from evaluation.domain.drafts import content_of
from evaluation.domain.errors import invalid
from evaluation.domain.faults import Fault, ScoreError
from evaluation.domain.self_scores import self_score_of
from evaluation.domain.sheets import Sheet
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.evidence import EvidenceRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.edit_dossier import changed, editable, follow_rules
from evaluation.use_cases.find_rules import rules_of
from evaluation.use_cases.read_dossier import read_dossier
from shared.auth.actors import Actor


@dataclass(frozen=True, slots=True)
class Comparison:
    """A dossier beside an earlier one of its product (None: there is none, and nothing to compare)."""

    row: DossierRow
    earlier: DossierRow | None
    earlier_sheet: Sheet | None
    sheet: Sheet
    items: Sequence[Item]


async def carry_over(uow: EvaluationUow, actor: Actor, dossier_id: UUID, earlier_id: UUID) -> Comparison:
    """Fill what is empty from the earlier dossier, attach its papers that are still valid, and compare.

    What was entered already stays, so that doing it again changes nothing. Raises NotFound, Forbidden, Conflict,
    Invalid when the other dossier is not an earlier one of the same product.
    """
    row = await editable(uow, actor, dossier_id)
    earlier = await uow.dossiers.visible_to(actor).get(earlier_id)
    require_producer(actor, earlier.producer_id)
    _check_earlier(row, earlier)
    sheet = await follow_rules(uow, row)
    old_sheet = await uow.rules.sheet(earlier.sheet_id)
    today = await uow.today()
    mapping = map_sheets(old_sheet, sheet)
    content = carried_content(_content(earlier), _content(row), mapping)
    row.registration_form = content[REGISTRATION]
    row.self_assessment = {section: content[section] for section in SELF_ASSESSMENT_SECTIONS if content[section]}
    row.self_score = self_score_of(sheet, content["choices"], content["notes"], content["part_totals"])
    row.carried_from = earlier.id
    papers = await uow.evidence.of_dossier(row.id)
    for paper in carried_papers(_held(await uow.evidence.of_dossier(earlier.id)), _held(papers), mapping, today):
        uow.evidence.add(_attached(row, actor, paper))
    view = await changed(uow, actor, row)
    return await _compared(uow, view, earlier, old_sheet, sheet, today)


async def show_changes(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, earlier_id: UUID | None = None
) -> Comparison:
    """What is new, changed or expired against the earlier dossier: the one named, the one carried over from, or the
    latest of the product that is over. An official's reading is put on record.
    """
    view = await read_dossier(uow, actor, dossier_id)
    today = await uow.today()
    _, sheet = await rules_of(uow, view.row, today)
    dossiers = uow.dossiers.visible_to(actor)
    if earlier_id is not None:
        earlier: DossierRow | None = await dossiers.get(earlier_id)
    else:
        earlier = await dossiers.earlier_than(view.row)
    if earlier is None:
        return Comparison(view.row, None, None, sheet, ())
    _check_earlier(view.row, earlier)
    return await _compared(uow, view, earlier, await uow.rules.sheet(earlier.sheet_id), sheet, today)


async def _compared(
    uow: EvaluationUow, view: DossierView, earlier: DossierRow, old_sheet: Sheet, sheet: Sheet, today: date
) -> Comparison:
    items = compare_dossiers(
        _content(earlier),
        _content(view.row),
        _held(await uow.evidence.of_dossier(earlier.id)),
        _held(await uow.evidence.of_dossier(view.row.id)),
        map_sheets(old_sheet, sheet),
        old_sheet,
        sheet,
        today,
    )
    return Comparison(view.row, earlier, old_sheet, sheet, items)


def _check_earlier(row: DossierRow, earlier: DossierRow) -> None:
    if earlier.product_id != row.product_id or earlier.created_at >= row.created_at:
        raise invalid(
            ScoreError(
                [
                    Fault(
                        "from_dossier_id",
                        "not_earlier",
                        "không phải hồ sơ trước đó của cùng sản phẩm",
                        "is not an earlier dossier of the same product",
                    )
                ]
            )
        )


def _content(row: DossierRow) -> Any:
    return content_of(row.registration_form, row.self_assessment, row.self_score)


def _held(papers: Sequence[EvidenceRow]) -> list[HeldPaper]:
    return [
        HeldPaper(
            paper.file_sha256,
            paper.name,
            tuple(paper.criteria),
            paper.issuer,
            paper.number,
            paper.issued_on,
            paper.expires_on,
        )
        for paper in papers
    ]


def _attached(row: DossierRow, actor: Actor, paper: HeldPaper) -> EvidenceRow:
    words: Mapping[str, Any] = {
        name: getattr(paper, name) for name in ("file_sha256", "name", "issuer", "number", "issued_on", "expires_on")
    }
    return EvidenceRow(dossier_id=row.id, criteria=list(paper.criteria), attached_by=actor.person_id, **words)
