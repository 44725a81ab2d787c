"""In which district and province units lie, as registry said last."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.units import UnitProjection
from shared.contracts.registry import UnitSummary

_KEEP = text(
    """
    INSERT INTO unit_projections (code, valid_from, valid_to, district_code, province_code, seen_on)
    SELECT u.code, u.valid_from, u.valid_to, u.district_code, u.province_code, :today
    FROM unnest(CAST(:codes AS text[]), CAST(:froms AS date[]), CAST(:tos AS date[]), CAST(:districts AS text[]),
                CAST(:provinces AS text[])) AS u (code, valid_from, valid_to, district_code, province_code)
    ON CONFLICT (code, valid_from) DO UPDATE
    SET valid_to = excluded.valid_to, district_code = excluded.district_code, province_code = excluded.province_code,
        seen_on = excluded.seen_on
    """
)
# Its end was not known while it was there.
_END = text(
    """
    UPDATE unit_projections SET valid_to = CAST(:today AS date) - 1
    WHERE seen_on < :today AND (valid_to IS NULL OR valid_to >= :today)
    """
)


class UnitRepository:
    """Writes the copy of registry's units; `webhooks` reads it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def seen_on(self) -> date | None:
        """The day of the last copy; None without any."""
        found: date | None = (await self._session.execute(select(func.max(UnitProjection.seen_on)))).scalar_one()
        return found

    async def keep(self, units: Sequence[UnitSummary], today: date) -> None:
        """These are the units of today; those that are not among them any more ended before it."""
        values = {
            "codes": [unit.code for unit in units],
            "froms": [unit.valid_from for unit in units],
            "tos": [unit.valid_to for unit in units],
            "districts": [unit.district_code for unit in units],
            "provinces": [unit.province_code for unit in units],
        }
        await self._session.execute(_KEEP, values | {"today": today})
        await self._session.execute(_END, {"today": today})
