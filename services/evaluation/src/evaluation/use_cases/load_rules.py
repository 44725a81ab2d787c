"""Import rulesets, sheets and charters. Nothing that is in use can change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.domain.amendments import amended_documents
from evaluation.domain.charters import parse_charter
from evaluation.domain.documents import Faults, Node
from evaluation.domain.errors import RulesInUse
from evaluation.domain.ruleset_checks import ruleset_faults
from evaluation.domain.ruleset_documents import parse_ruleset
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.scoring import fit_faults
from evaluation.domain.sheet_documents import parse_sheet
from evaluation.domain.sheets import Sheet
from evaluation.persistence.rules import AnyRules, R
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

    A version with a known hash is left alone; another hash replaces a version that nothing stands on yet. A ruleset in
    use of which an amendment is new stays as it is and ends the day before.
    Raises DocumentError listing what is wrong in a document, RulesInUse when a version in use would change.
    """
    outcomes = await store(uow, RulesetRow, [row for document in rulesets for row in ruleset_rows(document)])
    known = await uow.rules.rulesets()
    outcomes += await store(uow, SheetRow, [sheet_row(document, known) for document in sheets])
    outcomes += await store(uow, CharterRow, [charter_row(document) for document in charters])
    return Loaded(outcomes.count("added"), outcomes.count("replaced"), outcomes.count("unchanged"))


def ruleset_rows(document: Document) -> list[RulesetRow]:
    """The rows of a ruleset document, one per amendment besides its own. Raises DocumentError with all faults."""
    faults = Faults()
    versions = amended_documents(Node(document, "", faults))
    faults.refuse()
    parsed = [parse_ruleset(version) for version in versions]
    for ruleset in parsed:
        faults.extend(ruleset_faults(ruleset))
    faults.refuse()
    return [
        RulesetRow(
            id=ruleset.id,
            base_id=parsed[0].id,
            superseded_by=newer,
            decision=ruleset.decision,
            document=version,
            hash=ruleset.content_hash,
            effective_from=ruleset.effective_from,
            effective_to=ruleset.effective_to,
        )
        for version, ruleset, newer in zip(versions, parsed, [*(one.id for one in parsed[1:]), None], strict=True)
    ]


def sheet_row(document: Document, rulesets: Sequence[Ruleset]) -> SheetRow:
    """The row of a sheet that one of the rulesets names and can use. Raises DocumentError with all faults."""
    sheet = parse_sheet(document)
    faults = Faults()
    owners = [ruleset for ruleset in rulesets if sheet.printed_code in ruleset.sheet_codes]
    if not owners:
        faults.add(
            "completes" if sheet.completes else "set_code",
            "not_of_ruleset",
            f"không có bộ quy định nào nêu bộ tiêu chí {sheet.printed_code}",
            f"no ruleset names sheet {sheet.printed_code}",
        )
    elif not sheet.recorded_only:
        faults.extend(fault for ruleset in owners for fault in fit_faults(ruleset, sheet))
    faults.refuse()
    return SheetRow(
        id=sheet.code,
        ruleset_id=owners[0].base_id,
        completes=sheet.completes,
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


def charter_row(document: Document) -> CharterRow:
    """The row of a charter. Raises DocumentError with all faults."""
    charter = parse_charter(document)
    return CharterRow(
        id=charter.id,
        name_vi=charter.name_vi,
        document=dict(document),
        hash=charter.content_hash,
        effective_from=charter.effective_from,
        effective_to=charter.effective_to,
        level=charter.level,
        unit_code=charter.unit_code,
    )


async def store(uow: EvaluationUow, table: type[R], rows: Iterable[R]) -> list[str]:
    """Write rows that are new or replace unused ones; what became of each. Raises RulesInUse."""
    stored = await uow.rules.stored(table)
    outcomes = []
    for row in rows:
        before = stored.get(row.id)
        if before is None:
            uow.session.add(row)
            outcomes.append("added")
        elif before.hash == row.hash:
            outcomes.append("unchanged")
        elif before.first_used_at is not None and row.superseded_by is not None and _ends(before, row):
            before.effective_to, before.superseded_by = row.effective_to, row.superseded_by
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
            if before.superseded_by is not None:
                row.effective_to, row.superseded_by = before.effective_to, before.superseded_by
            await uow.session.merge(row)
            outcomes.append("replaced")
    await uow.session.flush()
    return outcomes


def _ends(before: AnyRules, row: AnyRules) -> bool:
    """Whether a version differs from the stored one in nothing but its last day."""
    texts = ({key: value for key, value in one.document.items() if key != "effective_to"} for one in (before, row))
    return next(texts) == next(texts)
