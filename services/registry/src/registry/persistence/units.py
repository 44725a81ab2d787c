"""All SQL of units and bodies."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from registry.domain.units import Succession, UnitForm
from registry.domain.vietnamese import sort_key
from registry.persistence.tables.units import BodyRow, BodySuccessionRow, UnitRow, UnitSuccessionRow
from shared.contracts.roles import Level
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound
from shared.ids import new_id

_COLUMNS = UnitRow.__table__.c


@dataclass(frozen=True, slots=True)
class UnitRead:
    """A unit with its successors (code, full_name, from, instrument)."""

    row: UnitRow
    successors: tuple[dict[str, Any], ...]


class Units:
    """Administrative units and bodies on a date."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def store(self, forms: Sequence[UnitForm], successions: Sequence[Succession]) -> None:
        """Insert or correct reference rows; the key (code, valid_from) decides which."""
        rows = [
            {
                "id": new_id(),
                "code": form.code,
                "level": form.level.value,
                "name": form.name,
                "full_name": form.full_name,
                "kind": form.kind,
                "parent_code": form.parent_code,
                "province_code": form.province_code,
                "district_code": form.district_code,
                "sort_key": sort_key(form.name),
                "valid_from": form.valid_from,
                "valid_to": form.valid_to,
            }
            for form in forms
        ]
        await self._upsert(UnitRow, rows, ("code", "valid_from"))
        steps = [{name: getattr(step, name) for name in step.__slots__} for step in successions]
        await self._upsert(UnitSuccessionRow, steps, ("from_code", "from_valid_from", "to_code", "to_valid_from"))

    async def store_bodies(self, bodies: Sequence[Mapping[str, Any]], successions: Sequence[Mapping[str, Any]]) -> None:
        """Insert or correct the bodies that plans name."""
        await self._upsert(BodyRow, [{"id": new_id(), **_dated(body)} for body in bodies], ("code", "valid_from"))
        key = ("from_code", "from_valid_from", "to_code", "to_valid_from")
        await self._upsert(BodySuccessionRow, [_dated(step) for step in successions], key)

    async def _upsert(self, table: type[Any], rows: Sequence[Mapping[str, Any]], key: tuple[str, ...]) -> None:
        statement = insert(table).values(list(rows))
        changed = {name: statement.excluded[name] for name in rows[0] if name not in key and name != "id"} or {
            key[0]: statement.excluded[key[0]]
        }
        await self._session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changed))

    async def level_of(self, code: str, on: date) -> Level | None:
        """The level of the unit with this code on a day, or None when there is none."""
        statement = select(UnitRow.level).where(UnitRow.code == code, *_valid(on))
        level = (await self._session.scalars(statement)).one_or_none()
        return Level(level) if level else None

    async def exists(self, code: str, level: Level, begins: date, ends: date) -> bool:
        """Whether a unit of the level has this code on some day of a period."""
        statement = select(UnitRow.id).where(
            UnitRow.code == code,
            UnitRow.level == level.value,
            UnitRow.valid_from <= ends,
            or_(UnitRow.valid_to.is_(None), UnitRow.valid_to >= begins),
        )
        return (await self._session.scalars(statement.limit(1))).first() is not None

    async def province_of(self, code: str, on: date) -> str | None:
        """The province of the unit with this code on a day, or None when there is no such unit."""
        statement = select(UnitRow.province_code).where(UnitRow.code == code, *_valid(on))
        return (await self._session.scalars(statement)).one_or_none()

    async def covered(self, codes: Collection[str]) -> dict[str, set[str]]:
        """For each code, itself and the codes of units that had become part of it by today."""
        rows = await self._session.execute(
            text("SELECT code, covered_codes(ARRAY[code]) AS covered FROM unnest(CAST(:codes AS text[])) AS c(code)"),
            {"codes": list(codes)},
        )
        return {row.code: set(row.covered) for row in rows}

    async def unknown(self, codes: Collection[str], on: date) -> set[str]:
        """Those of `codes` that no unit has on a day."""
        known = await self._session.scalars(select(UnitRow.code).where(UnitRow.code.in_(codes), *_valid(on)))
        return set(codes) - set(known)

    async def get(self, code: str, on: date) -> UnitRead:
        """The unit with this code on a day, with what it became. Raises NotFound."""
        statement = _reads().where(UnitRow.code == code, *_valid(on))
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound(
                f"Không có đơn vị {code} vào ngày {on}.", f"There is no unit {code} on {on}.", code=code, on=str(on)
            )
        return _read(row)

    async def page(
        self, page: PageRequest, *, on: date, level: Level | None, parent: str | None, q: str | None
    ) -> tuple[list[UnitRead], str | None]:
        """Units in force on a day, in Vietnamese order. `q` needs neither diacritics, case, apostrophes nor spaces."""
        statement = _reads().where(*_valid(on))
        if level is not None:
            statement = statement.where(UnitRow.level == level.value)
        if parent is not None:
            statement = statement.where(UnitRow.parent_code == parent)
        if q is not None:
            wanted = func.translate(func.vi_fold(q), "' ", "")
            statement = statement.where(func.strpos(func.translate(UnitRow.folded, " ", ""), wanted) > 0)
        rows, following = await fetch_page(self._session, statement, [_COLUMNS.sort_key, _COLUMNS.code], page)
        return [_read(row) for row in rows], following


def _valid(on: date) -> tuple[ColumnElement[bool], ...]:
    return (UnitRow.valid_from <= on, or_(UnitRow.valid_to.is_(None), UnitRow.valid_to >= on))


def _reads() -> Any:
    """Units, each with what it became as JSON: one query."""
    later = aliased(UnitRow)
    found = (
        select(
            func.jsonb_agg(
                func.jsonb_build_object(
                    "code",
                    later.code,
                    "full_name",
                    later.full_name,
                    "from",
                    later.valid_from,
                    "instrument",
                    UnitSuccessionRow.instrument,
                )
            )
        )
        .select_from(UnitSuccessionRow)
        .join(later, (later.code == UnitSuccessionRow.to_code) & (later.valid_from == UnitSuccessionRow.to_valid_from))
        .where(UnitSuccessionRow.from_code == UnitRow.code, UnitSuccessionRow.from_valid_from == UnitRow.valid_from)
        .scalar_subquery()
    )
    return select(UnitRow, func.coalesce(found, text("'[]'::jsonb")).label("successors"))


def _read(row: Row[Any]) -> UnitRead:
    unit: UnitRow = row[0]
    return UnitRead(unit, tuple(row.successors))


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a document, with its ISO days as dates."""
    days = {"valid_from", "valid_to", "from_valid_from", "to_valid_from", "on_date"}
    return {name: date.fromisoformat(value) if name in days and value else value for name, value in row.items()}
