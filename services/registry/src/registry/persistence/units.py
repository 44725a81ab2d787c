"""All SQL of units and bodies."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.units import Succession, UnitForm
from registry.domain.vietnamese import sort_key
from registry.persistence.tables.units import BodyRow, BodySuccessionRow, UnitRow, UnitSuccessionRow
from shared.ids import new_id


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

    async def count(self) -> int:
        """How many forms of units are stored."""
        return int((await self._session.execute(func.count(UnitRow.id).select())).scalar_one())


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a document, with its ISO days as dates."""
    days = {"valid_from", "valid_to", "from_valid_from", "to_valid_from", "on_date"}
    return {name: date.fromisoformat(value) if name in days and value else value for name, value in row.items()}
