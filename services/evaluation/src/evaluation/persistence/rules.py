"""All SQL of rulesets, sheets and charters. What was parsed once stays in the process, by its hash."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.charters import Charter, parse_charter
from evaluation.domain.ruleset_documents import parse_ruleset
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheet_documents import parse_sheet
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.rules import CharterRow, RulesetRow, SheetRow
from shared.errors import NotFound

T = TypeVar("T")
R = TypeVar("R", RulesetRow, SheetRow, CharterRow)
AnyRules = RulesetRow | SheetRow | CharterRow
REMEMBERED = 500


class Parsed(Generic[T]):
    """Parsed documents by hash: the least recently used is forgotten first."""

    def __init__(self, parse: Callable[[Mapping[str, Any]], T]) -> None:
        self._parse = parse
        self._known: OrderedDict[str, T] = OrderedDict()

    def get(self, content_hash: str) -> T | None:
        """What was parsed from the document of this hash, if it still is in memory."""
        if content_hash in self._known:
            self._known.move_to_end(content_hash)
        return self._known.get(content_hash)

    def put(self, content_hash: str, document: Mapping[str, Any]) -> T:
        """Parse a document and remember it."""
        value = self._known[content_hash] = self._parse(document)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return value


RULESETS = Parsed(parse_ruleset)
SHEETS = Parsed(parse_sheet)
CHARTERS = Parsed(parse_charter)


class RuleRepository:
    """The rules known to this system."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def ruleset(self, ruleset_id: str) -> Ruleset:
        """A ruleset. Raises NotFound."""
        rows = await self._rulesets(RulesetRow.id == ruleset_id)
        if not rows:
            raise NotFound()
        return rows[0]

    async def rulesets(self) -> list[Ruleset]:
        """Every ruleset, oldest first."""
        return await self._rulesets()

    async def _rulesets(self, *conditions: Any) -> list[Ruleset]:
        rows = await self.session.execute(
            select(RulesetRow.id, RulesetRow.base_id, RulesetRow.hash, RulesetRow.effective_to)
            .where(*conditions)
            .order_by(RulesetRow.effective_from)
        )
        return [
            replace(
                await self._parsed(RULESETS, RulesetRow, row.id, row.hash),
                base_id=row.base_id,
                effective_to=row.effective_to,
            )
            for row in rows
        ]

    async def sheet(self, sheet_id: str) -> Sheet:
        """A sheet. Raises NotFound."""
        content_hash = await self.session.scalar(select(SheetRow.hash).where(SheetRow.id == sheet_id))
        return await self._parsed(SHEETS, SheetRow, sheet_id, content_hash)

    async def find_sheet(self, ruleset: Ruleset, set_no: int, on: date) -> Sheet | None:
        """The ruleset's sheet of this number; the newest of several, and a completed one from its day on."""
        completed = SheetRow.completes.in_(ruleset.sheet_codes) & (SheetRow.effective_from <= on)
        row = (
            await self.session.execute(
                select(SheetRow.id, SheetRow.hash)
                .where(SheetRow.id.in_(ruleset.sheet_codes) | completed, SheetRow.set_no == set_no)
                .order_by(SheetRow.completes.is_not(None).desc(), SheetRow.effective_from.desc())
                .limit(1)
            )
        ).one_or_none()
        if row is None:
            return None
        sheet: Sheet = await self._parsed(SHEETS, SheetRow, row.id, row.hash)
        return sheet  # named, or mypy infers the optional type into the cache's

    async def pair(self, ruleset_id: str, sheet_id: str) -> tuple[Ruleset | None, Sheet | None]:
        """A ruleset and a sheet in one query, None for one that is not known."""
        ruleset = RulesetRow.id == ruleset_id
        statement = select(
            select(RulesetRow.hash).where(ruleset).scalar_subquery().label("hash"),
            select(RulesetRow.base_id).where(ruleset).scalar_subquery().label("base_id"),
            select(SheetRow.hash).where(SheetRow.id == sheet_id).scalar_subquery().label("sheet_hash"),
        )
        row = (await self.session.execute(statement)).one()
        found_ruleset, found_sheet = None, None
        if row.hash is not None:
            parsed = await self._parsed(RULESETS, RulesetRow, ruleset_id, row.hash)
            found_ruleset = replace(parsed, base_id=row.base_id)
        if row.sheet_hash is not None:
            found_sheet = await self._parsed(SHEETS, SheetRow, sheet_id, row.sheet_hash)
        return found_ruleset, found_sheet

    async def charter(self, charter_id: str) -> Charter:
        """A charter. Raises NotFound."""
        content_hash = await self.session.scalar(select(CharterRow.hash).where(CharterRow.id == charter_id))
        return await self._parsed(CHARTERS, CharterRow, charter_id, content_hash)

    async def charter_in_force(self, level: str, unit_code: str, on: date) -> str | None:
        """The id of the unit's own charter for its council of this level that is in force on a day."""
        statement = (
            select(CharterRow.id)
            .where(
                CharterRow.level == level,
                CharterRow.unit_code == unit_code,
                CharterRow.effective_from <= on,
                CharterRow.effective_to.is_(None) | (CharterRow.effective_to >= on),
            )
            .order_by(CharterRow.effective_from.desc())
            .limit(1)
        )
        found: str | None = await self.session.scalar(statement)
        return found

    async def charter_rows(self) -> Sequence[CharterRow]:
        """Rows of all charters: those for any council first, then by body, newest first."""
        order = (CharterRow.level.nulls_first(), CharterRow.unit_code, CharterRow.effective_from.desc(), CharterRow.id)
        return list(await self.session.scalars(select(CharterRow).order_by(*order)))

    async def charter_row(self, charter_id: str) -> CharterRow:
        """One row. Raises NotFound."""
        row = await self.session.get(CharterRow, charter_id)
        if row is None:
            raise NotFound()
        return row

    async def _parsed(self, cache: Parsed[T], table: type[AnyRules], row_id: str, content_hash: str | None) -> T:
        if content_hash is None:
            raise NotFound()
        known = cache.get(content_hash)
        if known is not None:
            return known
        document = await self.session.scalar(
            select(table.document).where(table.id == row_id, table.hash == content_hash)
        )
        if document is None:
            raise NotFound()
        return cache.put(content_hash, document)

    async def ruleset_rows(self) -> Sequence[RulesetRow]:
        """Rows of all rulesets, newest first."""
        return list(await self.session.scalars(select(RulesetRow).order_by(RulesetRow.effective_from.desc())))

    async def ruleset_row(self, ruleset_id: str) -> RulesetRow:
        """One row. Raises NotFound."""
        row = await self.session.get(RulesetRow, ruleset_id)
        if row is None:
            raise NotFound()
        return row

    async def sheet_rows(self, codes: Sequence[str] | None) -> Sequence[Any]:
        """Sheets without their documents, newest first; all, or those of `codes`."""
        statement = select(
            SheetRow.id,
            SheetRow.ruleset_id.label("ruleset"),
            SheetRow.set_no,
            SheetRow.name_vi,
            SheetRow.effective_from,
            SheetRow.effective_to,
            SheetRow.hash,
            SheetRow.recorded_only,
            SheetRow.reason,
            SheetRow.completes,
            SheetRow.superseded_by,
        ).order_by(SheetRow.effective_from.desc(), SheetRow.set_no)
        if codes is not None:
            statement = statement.where(SheetRow.id.in_(codes) | SheetRow.completes.in_(codes))
        return (await self.session.execute(statement)).all()

    async def sheet_row(self, sheet_id: str) -> SheetRow:
        """One row. Raises NotFound."""
        row = await self.session.get(SheetRow, sheet_id)
        if row is None:
            raise NotFound()
        return row

    async def stored(self, table: type[R]) -> dict[str, R]:
        """Every row of a table by id, locked for an import."""
        rows = await self.session.scalars(
            select(table).order_by(table.id).with_for_update().execution_options(populate_existing=True)
        )
        return {row.id: row for row in rows}

    async def mark_used(self, table: type[AnyRules], row_id: str, content_hash: str) -> None:
        """From now on this version cannot change. Raises NotFound when it is no longer the stored version."""
        found = await self.session.scalar(
            select(table.first_used_at.is_(None))
            .where(table.id == row_id, table.hash == content_hash)
            .with_for_update()
        )
        if found is None:
            raise NotFound()
        if found:
            await self.session.execute(
                update(table).where(table.id == row_id).values(first_used_at=func.programme_now())
            )
