"""What differs between two versions of a ruleset, sheet or charter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from evaluation.domain.errors import invalid
from evaluation.domain.faults import DocumentError
from evaluation.domain.rule_diffs import Difference, Remark, differences, sheet_remarks
from evaluation.domain.rule_kinds import RuleKind
from evaluation.domain.sheet_documents import parse_sheet
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, NotFound, Text


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions by id and hash, and what changed on the way from `against` to `id`."""

    id: str
    hash: str
    against: str
    against_hash: str
    differences: list[Difference]
    remarks: list[Remark]


async def compare_rules(uow: EvaluationUow, kind: RuleKind, rule_id: str, against: str) -> Compared:
    """Two versions in the rules. Raises NotFound for `rule_id`, Invalid for an unknown `against`."""
    now = await _stored(uow, kind, rule_id)
    before = await _against(uow, kind, against)
    return _compared(kind, (rule_id, now.hash, now.document), (against, before.hash, before.document))


async def compare_draft(uow: EvaluationUow, actor: Actor, draft_id: UUID, against: str) -> Compared:
    """A draft with a version in the rules. Raises NotFound, Invalid for an unknown `against`."""
    draft, _ = await uow.rule_drafts.read(actor, draft_id)
    kind = RuleKind(draft.kind)
    before = await _against(uow, kind, against)
    return _compared(kind, (draft.rule_id, draft.hash, draft.document), (against, before.hash, before.document))


async def _stored(uow: EvaluationUow, kind: RuleKind, rule_id: str) -> Any:
    if kind is RuleKind.RULESET:
        return await uow.rules.ruleset_row(rule_id)
    return await (uow.rules.sheet_row(rule_id) if kind is RuleKind.SHEET else uow.rules.charter_row(rule_id))


async def _against(uow: EvaluationUow, kind: RuleKind, rule_id: str) -> Any:
    try:
        return await _stored(uow, kind, rule_id)
    except NotFound as error:
        unknown = Text(f"không có bản {rule_id}", f"there is no version {rule_id}")
        raise Invalid(faults=[Fault("against", "unknown", unknown)]) from error


def _compared(
    kind: RuleKind, now: tuple[str, str, Mapping[str, Any]], before: tuple[str, str, Mapping[str, Any]]
) -> Compared:
    remarks: list[Remark] = []
    if kind is RuleKind.SHEET:
        try:
            remarks = sheet_remarks(parse_sheet(before[2]), parse_sheet(now[2]))
        except DocumentError as error:  # a draft from before this version's checks
            raise invalid(error) from error
    return Compared(now[0], now[1], before[0], before[1], differences(before[2], now[2]), remarks)
