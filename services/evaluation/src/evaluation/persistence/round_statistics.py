"""All SQL of a round's statistics: aggregates over the sheets that count, one statement for each table shown.

Only of closed rounds: every figure here says something about members' scores.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

_COUNTED = """
    WITH counted AS MATERIALIZED (
        SELECT s.id, s.dossier_id, s.member_id, s.total, x.sheet_id AS sheet
        FROM results x
        CROSS JOIN LATERAL jsonb_array_elements(x.inputs -> 'score_sheets') AS used
        JOIN score_sheets s ON s.id = CAST(used ->> 'sheet_id' AS uuid)
        WHERE x.round_id = :round_id
    )
"""
_CRITERIA = text(
    f"""
    {_COUNTED}, spreads AS (
        SELECT t.sheet, a.criterion, t.dossier_id, count(*) AS n, sum(a.points) AS points, min(a.points) AS low,
            max(a.points) AS high, sum(a.points * a.points) AS squares
        FROM counted t JOIN score_choices a ON a.sheet_id = t.id GROUP BY 1, 2, 3
    )
    SELECT sheet, criterion, count(*) AS dossiers, sum(n)::integer AS sheets, sum(points)::integer AS points,
        min(low) AS low, max(high) AS high, max(high - low) AS widest,
        avg(high - low)::float AS mean_spread,
        sqrt(greatest(avg(squares::float / n - (points::float / n) ^ 2), 0)) AS deviation
    FROM spreads GROUP BY sheet, criterion ORDER BY mean_spread DESC, sheet, criterion
    """  # noqa: S608  # made of constants; values are parameters
)
_MEMBERS = text(
    f"""
    {_COUNTED}, apart AS (
        SELECT t.*, sum(total) OVER w AS points, count(*) OVER w AS n, stddev_pop(total) OVER w AS deviation
        FROM counted t WINDOW w AS (PARTITION BY dossier_id)
    )
    SELECT m.person_id, m.seat, m.name, count(a.dossier_id)::integer AS sheets,
        avg(a.total - a.points::numeric / a.n)::float AS mean_difference,
        coalesce(jsonb_agg(jsonb_build_object('dossier_id', a.dossier_id, 'total', a.total,
            'difference', round(a.total - a.points::numeric / a.n, 2),
            'z', CASE WHEN a.deviation > 0 THEN round((a.total - a.points::numeric / a.n) / a.deviation, 2) END)
            ORDER BY a.dossier_id) FILTER (WHERE CASE CAST(:measure AS text)
                WHEN 'points' THEN abs(a.total * a.n - a.points) * CAST(:denominator AS numeric)
                    > CAST(:numerator AS numeric) * a.n
                WHEN 'z' THEN a.deviation > 0
                    AND abs(a.total - a.points::numeric / a.n) * CAST(:denominator AS numeric)
                        > CAST(:numerator AS numeric) * a.deviation
                ELSE false END), '[]') AS far
    FROM rounds r
    JOIN council_members m ON m.council_id = r.council_id
    LEFT JOIN apart a ON a.member_id = m.person_id
    WHERE r.id = :round_id GROUP BY m.person_id, m.seat, m.name ORDER BY m.seat
    """  # noqa: S608  # made of constants; values are parameters
)
_GROUPS = text(
    """
    SELECT d.group_path, count(*)::integer AS dossiers, min(x.mean_numerator::float / x.mean_denominator) AS low,
        max(x.mean_numerator::float / x.mean_denominator) AS high,
        avg(x.mean_numerator::float / x.mean_denominator) AS mean,
        count(*) FILTER (WHERE x.knocked_out)::integer AS knocked_out,
        (SELECT jsonb_object_agg(star, n) FROM (
            SELECT y.star, count(*) AS n FROM results y JOIN dossiers e ON e.id = y.dossier_id
            WHERE y.round_id = :round_id AND e.group_path = d.group_path AND y.star IS NOT NULL GROUP BY y.star
        ) AS by_star) AS stars
    FROM results x JOIN dossiers d ON d.id = x.dossier_id WHERE x.round_id = :round_id
    GROUP BY d.group_path ORDER BY d.group_path
    """
)
_PRODUCERS = text(
    """
    SELECT d.producer_id, min(d.producer_name) AS producer_name, count(*)::integer AS dossiers,
        avg(x.mean_numerator::float / x.mean_denominator) AS mean,
        array_agg(x.star ORDER BY x.star DESC) FILTER (WHERE x.star IS NOT NULL) AS stars
    FROM results x JOIN dossiers d ON d.id = x.dossier_id WHERE x.round_id = :round_id
    GROUP BY d.producer_id ORDER BY dossiers DESC, mean DESC NULLS LAST, d.producer_id
    """
)


class RoundStatisticsRepository:
    """Aggregates of one closed round, of one transaction. The caller sees to who may read them and when."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def criteria(self, round_id: UUID) -> Sequence[Row[Any]]:
        """Each criterion with how far members' points lie apart, the widest mean spread first."""
        return await self._all(_CRITERIA, round_id=round_id)

    async def members(self, round_id: UUID, measure: str, numerator: int, denominator: int) -> Sequence[Row[Any]]:
        """Each member with his mean difference from the means, and the dossiers on which he is far from it.

        `measure` is `points`, `z` or `none`; the limit is `numerator / denominator`, compared exactly for points.
        """
        return await self._all(
            _MEMBERS, round_id=round_id, measure=measure, numerator=numerator, denominator=denominator
        )

    async def groups(self, round_id: UUID) -> Sequence[Row[Any]]:
        """Results by product group."""
        return await self._all(_GROUPS, round_id=round_id)

    async def producers(self, round_id: UUID) -> Sequence[Row[Any]]:
        """Results by producer, those with most dossiers first."""
        return await self._all(_PRODUCERS, round_id=round_id)

    async def _all(self, statement: Any, **values: Any) -> Sequence[Row[Any]]:
        return (await self.session.execute(statement, values)).all()
