"""Rulesets, sheets and charters as the rules read them, found by id and held to their hash."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.charters import Charter, parse_charter
from evaluation.domain.ruleset_documents import parse_rulesets
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheet_documents import parse_sheet
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.rules import CharterRow, RulesetRow, SheetRow

P = TypeVar("P", Ruleset, Sheet, Charter)


class PinnedRules:
    """Parsed versions of law for one transaction. What is not there, or not what was frozen, is a broken database."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def rulesets(self, pins: Mapping[str, str]) -> dict[str, Ruleset]:
        """Rulesets by id; `pins` gives the hash that was frozen for each id."""
        documents = await self._documents(RulesetRow, pins)
        return {key: _checked(_version(key, document), pins[key]) for key, document in documents.items()}

    async def sheets(self, pins: Mapping[str, str]) -> dict[str, Sheet]:
        """Sheets by id."""
        documents = await self._documents(SheetRow, pins)
        return {key: _checked(parse_sheet(document), pins[key]) for key, document in documents.items()}

    async def charter(self, charter_id: str, charter_hash: str) -> Charter:
        """The charter a council was set up by."""
        documents = await self._documents(CharterRow, [charter_id])
        return _checked(parse_charter(documents[charter_id]), charter_hash)

    async def charter_for_new_council(self, charter_id: str) -> Charter | None:
        """The charter of this id, None when there is none."""
        row = await self.session.get(CharterRow, charter_id)
        return None if row is None else parse_charter(row.document)

    async def in_force_between(self, first: date, last: date) -> list[Ruleset]:
        """The rulesets in force on any day of a period."""
        rows = await self.session.execute(
            select(RulesetRow.id, RulesetRow.document).where(
                RulesetRow.effective_from <= last,
                RulesetRow.effective_to.is_(None) | (RulesetRow.effective_to >= first),
            )
        )
        return [_version(row.id, row.document) for row in rows]

    async def _documents(
        self, table: type[RulesetRow | SheetRow | CharterRow], ids: Collection[str]
    ) -> dict[str, dict[str, Any]]:
        rows = await self.session.execute(select(table.id, table.document).where(table.id.in_(ids)))
        found = {row.id: row.document for row in rows}
        if missing := set(ids) - set(found):
            raise LookupError(f"{table.__tablename__} lacks {sorted(missing)}, which something refers to")
        return found


def _version(ruleset_id: str, document: Mapping[str, Any]) -> Ruleset:
    return next(ruleset for ruleset in parse_rulesets(document) if ruleset.id == ruleset_id)


def _checked(parsed: P, pinned: str) -> P:
    if parsed.content_hash != pinned:
        raise LookupError(f"content {parsed.content_hash} is not what was frozen as {pinned}")
    return parsed
