"""The units of producers' duties: which must be looked at, and what they are today."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.obligations import Obligation

GROUPS = 50
"""Units looked at in one round: each is one question to registry."""

_DUE = text(
    """
    SELECT DISTINCT ON (unit_on, unit_code) id FROM obligations
    WHERE unit_on < :today AND state IN ('open', 'missed')
    ORDER BY unit_on, unit_code LIMIT :groups
    """
)
_CONFIRM = text(
    """
    UPDATE obligations o
    SET unit_code = :unit_code, superior = k.superior, superior_unit_code = k.superior_unit_code, unit_on = :confirmed,
        version = o.version + moved::integer, updated_at = CASE WHEN moved THEN now() ELSE o.updated_at END
    FROM jsonb_to_recordset(CAST(:kinds AS jsonb)) AS k(code text, superior text, superior_unit_code text)
    JOIN obligations b ON b.code = k.code
    CROSS JOIN LATERAL (SELECT (b.unit_code, b.superior, b.superior_unit_code) IS DISTINCT FROM
                               (CAST(:unit_code AS text), k.superior, k.superior_unit_code) AS moved) AS change
    WHERE o.id = b.id AND b.unit_code = :code AND b.unit_on = :on AND b.state IN ('open', 'missed')
    RETURNING moved
    """
)


class DutyUnitRepository:
    """Moves the outstanding duties of producers whose commune became part of another."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(self, today: date) -> Sequence[UUID]:
        """One duty of each unit that was not looked at today."""
        return (await self._session.execute(_DUE, {"today": today, "groups": GROUPS})).scalars().all()

    async def of(self, obligation_id: UUID) -> tuple[str, date] | None:
        """(code, day on which it names the unit) of a duty; None where nothing is to be followed."""
        statement = select(Obligation.unit_code, Obligation.unit_on).where(
            Obligation.id == obligation_id, Obligation.state.in_(("open", "missed"))
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None or row.unit_on is None else (row.unit_code, row.unit_on)

    async def leave(self, code: str, on: date) -> None:
        """Nothing is known to follow the unit called `code` on a day: it is not looked at again."""
        statement = update(Obligation).where(Obligation.unit_code == code, Obligation.unit_on == on)
        await self._session.execute(statement.values(unit_on=None))

    async def confirm(
        self, code: str, on: date, unit_code: str, above: Mapping[str, tuple[str | None, str]], confirmed: date
    ) -> int:
        """The duties of the unit called `code` on a day are those of `unit_code` today; returns how many moved.

        `above`: who stands above, and in which unit, by the duty's code.
        """
        kinds = [
            {"code": kind, "superior": superior, "superior_unit_code": unit} for kind, (superior, unit) in above.items()
        ]
        values: dict[str, Any] = {"code": code, "on": on, "unit_code": unit_code, "confirmed": confirmed}
        rows = await self._session.execute(_CONFIRM, values | {"kinds": json.dumps(kinds)})
        return sum(row.moved for row in rows)
