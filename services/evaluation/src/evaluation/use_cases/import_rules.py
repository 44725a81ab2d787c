"""An official brings in a ruleset, sheet or charter: checked whole, kept as a draft, in force only once published."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.domain.access import SECRETARIES
from evaluation.domain.documents import Faults
from evaluation.domain.errors import RulesInUse, invalid
from evaluation.domain.faults import DocumentError
from evaluation.domain.rule_kinds import RuleKind
from evaluation.domain.rule_texts import refuse_unstorable
from evaluation.persistence.rule_drafts import TABLES
from evaluation.persistence.rules import AnyRules
from evaluation.persistence.tables.rule_drafts import RuleDraftRow
from evaluation.persistence.tables.rules import CharterRow, RulesetRow, SheetRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.load_rules import charter_row, ruleset_rows, sheet_row
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.errors import Fault, Forbidden, Invalid, Text
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a document comes from: the text it was taken from, the page, and what the official notes."""

    source: str
    page_reference: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that may be published. `rows` oldest first; `missing_sheets` a ruleset names and nobody loaded yet."""

    rows: list[AnyRules]
    missing_sheets: list[str]


async def import_rules(
    uow: EvaluationUow,
    actor: Actor,
    kind: RuleKind,
    document: Mapping[str, Any],
    provenance: Provenance,
    administrators: Collection[Role],
    *,
    dry_run: bool,
) -> tuple[RuleDraftRow, Checked]:
    """Check a document and keep it as a draft; a dry run keeps nothing.

    Raises Invalid with every fault of the document, Forbidden when such rules are not the caller's to bring, RulesInUse
    when a version in use has this id.
    """
    if kind is not RuleKind.CHARTER:
        require_administrator(actor, administrators)
    checked = await check_rules(uow, kind, document)
    newest = checked.rows[-1]
    if isinstance(newest, CharterRow):
        require_own_council(actor, newest)
    if isinstance(newest, SheetRow) and newest.completes is not None and provenance.page_reference is None:
        missing = Text("cần số trang của văn bản gốc", "the page of the source is needed")
        raise Invalid(faults=[Fault("page_reference", "missing", missing)])
    row = RuleDraftRow(
        id=new_id(),
        kind=kind.value,
        rule_id=newest.id,
        name=newest.decision if isinstance(newest, RulesetRow) else newest.name_vi,
        document=dict(document),
        hash=newest.hash,
        effective_from=newest.effective_from,
        level=newest.level if isinstance(newest, CharterRow) else None,
        unit_code=newest.unit_code if isinstance(newest, CharterRow) else None,
        source=provenance.source,
        page_reference=provenance.page_reference,
        note=provenance.note,
        imported_by=actor.person_id,
        imported_at=await uow.now(),
    )
    if not dry_run:
        await uow.rule_drafts.add(row)
        details = {"kind": kind, "id": newest.id, "hash": newest.hash, "source": provenance.source}
        await uow.audit(str(actor.person_id), "rules.imported", "rule_draft", row.id, details)
    return row, checked


async def check_rules(uow: EvaluationUow, kind: RuleKind, document: Mapping[str, Any]) -> Checked:
    """The rows of a document. Raises Invalid with every fault, RulesInUse for the id of another version in use."""
    rows: list[AnyRules]
    missing: list[str] = []
    try:
        refuse_unstorable(document)
        if kind is RuleKind.RULESET:
            versions = ruleset_rows(document)
            rows = list(versions)
            missing = await uow.rule_drafts.missing_sheets(list(versions[-1].document.get("sheet_codes", [])))
        elif kind is RuleKind.SHEET:
            row = sheet_row(document, await uow.rules.rulesets())
            await _check_completion(uow, row)
            rows = [row]
        else:
            rows = [charter_row(document)]
    except DocumentError as error:
        raise invalid(error) from error
    await _check_id(uow, kind, rows[-1])
    return Checked(rows, missing)


async def _check_id(uow: EvaluationUow, kind: RuleKind, row: AnyRules) -> None:
    """A version in use keeps its id for itself, and so does a charter of another body."""
    before: AnyRules | None = await uow.session.get(TABLES[kind], row.id)
    if isinstance(before, CharterRow) and (before.level, before.unit_code) != (row.level, row.unit_code):  # type: ignore[union-attr]  # a charter too
        taken = Text("mã này của quy chế khác", "this id is another charter's")
        raise Invalid(faults=[Fault("id", "not_unique", taken)])
    if before is not None and before.first_used_at is not None:
        raise RulesInUse(
            f"{row.id} đang được áp dụng: bản mới phải có mã khác.",
            f"{row.id} is in use: a new version needs another id.",
            stored_hash=before.hash,
            given_hash=row.hash,
        )


async def _check_completion(uow: EvaluationUow, row: SheetRow) -> None:
    """A completed sheet stands for a recorded-only one of the same Decision and number, and no printed sheet is
    replaced under a code that a ruleset names.
    """
    if row.completes is None:
        return
    faults = Faults()
    base = await uow.session.get(SheetRow, row.completes)
    if base is None or not base.recorded_only or base.set_no != row.set_no:
        faults.add(
            "completes",
            "not_recorded_only",
            f"{row.completes} không phải bộ tiêu chí số {row.set_no} chỉ để ghi nhận",
            f"{row.completes} is no recorded-only sheet number {row.set_no}",
        )
    if any(row.id in ruleset.sheet_codes for ruleset in await uow.rules.rulesets()):
        faults.add("set_code", "not_unique", "mã này của bộ tiêu chí khác", "this code is another sheet's")
    faults.refuse()


def require_administrator(actor: Actor, administrators: Collection[Role]) -> None:
    """Raise Forbidden unless this system lets the caller administer rulesets and sheets."""
    if not actor.has(*administrators):
        raise Forbidden(
            "Hệ thống này không giao việc quản trị quy định cho vai trò của bạn.",
            "This system does not let your appointments administer rules.",
            needs=sorted(administrators),
        )


def require_own_council(actor: Actor, charter: CharterRow | RuleDraftRow) -> None:
    """Raise Forbidden unless the charter is for the council of the caller's own unit, Invalid where it names none."""
    if charter.level is None or charter.unit_code is None:
        missing = Text("phải nêu quy chế của Hội đồng nào", "it must say whose council it is for")
        raise Invalid(faults=[Fault("council_of", "missing", missing)])
    role = SECRETARIES.get(Level(charter.level))
    if role is None or charter.unit_code not in actor.units(role):
        raise Forbidden(
            "Chỉ thư ký của đơn vị nạp được quy chế Hội đồng của đơn vị đó.",
            "Only the unit's own secretary brings in the charter of its council.",
            needs=[] if role is None else [role.value],
            unit_code=charter.unit_code,
        )
