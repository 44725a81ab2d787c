"""Which place a commune code means on a day."""

from datetime import date

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.places import Place

_PLACE = """
SELECT c.code AS commune_code, c.full_name AS commune_name,
       d.code AS district_code, d.full_name AS district_name,
       p.code AS province_code, p.full_name AS province_name
FROM units c
JOIN units p ON p.code = c.province_code AND p.level = 'province'
    AND day.on_date BETWEEN p.valid_from AND coalesce(p.valid_to, 'infinity')
LEFT JOIN units d ON d.code = c.district_code AND d.level = 'district'
    AND day.on_date BETWEEN d.valid_from AND coalesce(d.valid_to, 'infinity')
WHERE c.level = 'commune' AND day.on_date BETWEEN c.valid_from AND coalesce(c.valid_to, 'infinity')
"""
_ON = text(
    f"""
    SELECT place.* FROM (
        SELECT greatest(CAST(:day AS date), (SELECT min(valid_from) FROM units)) AS on_date
    ) AS day, LATERAL ({_PLACE} AND c.code = :code) AS place
    """  # noqa: S608  # made of constants
)


def present_place_sql(code: str, day: str) -> str:
    """A query of at most one row: the commune of `day` that the commune `code` has become (both SQL expressions)."""
    return f"""
    WITH RECURSIVE reached (code) AS (
        SELECT {code}
        UNION
        SELECT s.to_code FROM unit_successions s JOIN reached r ON s.from_code = r.code WHERE s.on_date <= {day}
    )
    SELECT place.* FROM (
        SELECT greatest({day}, (SELECT min(valid_from) FROM units)) AS on_date
    ) AS day, LATERAL ({_PLACE} AND c.code IN (SELECT code FROM reached)) AS place LIMIT 1
    """  # noqa: S608  # made of expressions of this package


_PRESENT = text(present_place_sql("CAST(:code AS text)", "CAST(:day AS date)"))


class Places:
    """Communes with their district and province on a date."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def on(self, commune_code: str, day: date) -> Place | None:
        """The commune with this code on `day`; for days before our records begin, as it was when they begin."""
        return await self._one(_ON, commune_code, day)

    async def present(self, commune_code: str, day: date) -> Place | None:
        """The commune of `day` that a commune of earlier has become."""
        return await self._one(_PRESENT, commune_code, day)

    async def _one(self, statement: TextClause, commune_code: str, day: date) -> Place | None:
        row = (await self._session.execute(statement, {"code": commune_code, "day": day})).one_or_none()
        return Place(**row._mapping) if row else None
