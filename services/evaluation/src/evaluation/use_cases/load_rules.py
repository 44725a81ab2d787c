"""Import rulesets, sheets and charters. Nothing that is in use can change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.domain.amendments import amended_documents
from evaluation.domain.charters import parse_charter
from evaluation.domain.documents import Faults, Node
from evaluation.domain.errors import RulesInUse
from evaluation.domain.ruleset_documents import parse_ruleset
from evaluation.domain.sheet_documents import parse_sheet
from evaluation.domain.sheets import Sheet
from evaluation.persistence.rules import R
from evaluation.persistence.tables.rules import CharterRow, RulesetRow, SheetRow
from evaluation.persistence.unit_of_work import EvaluationUow

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many versions an import added, replaced (they were unused) and found already there."""

    added: int
    replaced: int
    unchanged: int


async def load_rules(
    uow: EvaluationUow, rulesets: Iterable[Document], sheets: Iterable[Document], charters: Iterable[Document]
) -> Loaded:
    """Store documents after checking each of them.

    A version with a known hash is left alone; another hash replaces a version that nothing stands on yet.
    Raises DocumentError listing what is wrong in a document, RulesInUse when a version in use would change.
    """
    ruleset_rows = [row for document in rulesets for row in _ruleset_rows(document)]
    outcomes = await _store(uow, RulesetRow, ruleset_rows)
    known = await uow.rules.rulesets()
    owners = {code: ruleset.base_id for ruleset in reversed(known) for code in ruleset.sheet_codes}
    outcomes += await _store(uow, SheetRow, [_sheet_row(document, owners) for document in sheets])
    outcomes += await _store(uow, CharterRow, [_charter_row(document) for document in charters])
    return Loaded(outcomes.count("added"), outcomes.count("replaced"), outcomes.count("unchanged"))


def _ruleset_rows(document: Document) -> list[RulesetRow]:
    faults = Faults()
    versions = amended_documents(Node(document, "", faults))
    faults.refuse()
    parsed = [parse_ruleset(version) for version in versions]
    return [
        RulesetRow(
            id=ruleset.id,
            base_id=parsed[0].id,
            decision=ruleset.decision,
            document=version,
            hash=ruleset.content_hash,
            effective_from=ruleset.effective_from,
            effective_to=ruleset.effective_to,
        )
        for version, ruleset in zip(versions, parsed, strict=True)
    ]


def _sheet_row(document: Document, owners: Mapping[str, str]) -> SheetRow:
    sheet = parse_sheet(document)
    if sheet.code not in owners:
        faults = Faults()
        faults.add(
            "set_code",
            "not_of_ruleset",
            f"không có bộ quy định nào nêu bộ tiêu chí {sheet.code}",
            f"no ruleset names sheet {sheet.code}",
        )
        faults.refuse()
    return SheetRow(
        id=sheet.code,
        ruleset_id=owners[sheet.code],
        set_no=sheet.set_no,
        name_vi=sheet.name_vi,
        document=dict(document),
        hash=sheet.content_hash,
        recorded_only=sheet.recorded_only,
        reason=recorded_only_reason(sheet)[0] if sheet.recorded_only else None,
        effective_from=sheet.effective_from,
        effective_to=sheet.effective_to,
    )


def recorded_only_reason(sheet: Sheet) -> tuple[str, str]:
    """Why a sheet can only be recorded by part totals, in Vietnamese and English."""
    faults = sheet.recorded_only_because
    return (
        "; ".join(f"{fault.path}: {fault.message_vi}" for fault in faults),
        "; ".join(f"{fault.path}: {fault.message_en}" for fault in faults),
    )


def _charter_row(document: Document) -> CharterRow:
    charter = parse_charter(document)
    return CharterRow(
        id=charter.id,
        name_vi=charter.name_vi,
        document=dict(document),
        hash=charter.content_hash,
        effective_from=charter.effective_from,
        effective_to=charter.effective_to,
    )


async def _store(uow: EvaluationUow, table: type[R], rows: Iterable[R]) -> list[str]:
    stored = await uow.rules.stored(table)
    outcomes = []
    for row in rows:
        before = stored.get(row.id)
        if before is None:
            uow.session.add(row)
            outcomes.append("added")
        elif before.hash == row.hash:
            outcomes.append("unchanged")
        elif before.first_used_at is not None:
            raise RulesInUse(
                f"{row.id} đang được áp dụng từ {before.first_used_at:%d/%m/%Y}: không sửa được; hãy nạp bản mới"
                " có mã khác.",
                f"{row.id} is in use since {before.first_used_at:%Y-%m-%d} and cannot change; load a new version"
                " under another id.",
                stored_hash=before.hash,
                given_hash=row.hash,
            )
        else:
            await uow.session.merge(row)
            outcomes.append("replaced")
    await uow.session.flush()
    return outcomes
