"""All SQL of the board: the plan with its duties and units in one statement, the counted facts in another."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.boards import Bucket
from registry.persistence.measures import MEASURES

_PLAN = text(
    """
    WITH day AS (SELECT public.legal_date(public.programme_now()) AS as_of),
    plan AS (
        SELECT * FROM plans WHERE year = :year AND state = 'published'
          AND (CAST(:province AS text) IS NULL OR province_code = :province)
        ORDER BY published_on DESC, id DESC LIMIT 1
    ),
    span AS (
        SELECT make_date(:year, 1, 1) AS begins, make_date(:year, 12, 31) AS ends,
               least(day.as_of, make_date(:year, 12, 31)) AS ref FROM day
    ),
    duties AS (
        SELECT d.position, d.code, d.vi, d.en, u.period, u.due_on, jsonb_agg(jsonb_build_object(
            'unit_code', u.unit_code, 'unit_name', u.unit_name,
            'state', CASE WHEN o.state = 'met' AND o.late THEN 'met_late' ELSE coalesce(o.state, 'open') END
            ) ORDER BY u.unit_code) AS units
        FROM plan_deadlines d JOIN plan_duties u ON u.deadline_id = d.id JOIN plan ON plan.id = d.plan_id
        LEFT JOIN obligation_projection o ON o.year = plan.year AND o.code = d.code AND o.period = u.period
            AND o.unit_code = u.unit_code
        GROUP BY d.position, d.code, d.vi, d.en, u.period, u.due_on
    ),
    dossiers AS (
        SELECT coalesce(s.district_code, s.commune_code) AS unit_code, count(s.filed_on) AS filed,
               count(*) FILTER (WHERE s.forwarded <> '{}') AS forwarded,
               count(*) FILTER (WHERE s.results <> '{}') AS decided
        FROM dossier_projection s JOIN plan ON plan.year = s.year AND plan.province_code = s.province_code
        GROUP BY 1 HAVING coalesce(s.district_code, s.commune_code) IS NOT NULL
    ),
    places AS (
        SELECT DISTINCT ON (u.code) u.code, u.full_name, u.level, u.sort_key,
               u.valid_to IS NULL OR u.valid_to >= span.ref AS lasts
        FROM units u JOIN plan ON u.province_code = plan.province_code JOIN span
          ON u.valid_from <= span.ends AND (u.valid_to IS NULL OR u.valid_to >= span.begins)
        ORDER BY u.code, u.valid_from DESC
    )
    SELECT day.as_of, span.ref, plan.province_code, plan.title,
        (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.position) FROM plan_targets t WHERE t.plan_id = plan.id) AS targets,
        (SELECT jsonb_agg(to_jsonb(duties) ORDER BY position, period) FROM duties) AS deadlines,
        (SELECT jsonb_agg(to_jsonb(dossiers) ORDER BY unit_code) FROM dossiers) AS dossiers,
        (SELECT jsonb_object_agg(code, full_name) FROM places) AS units,
        (SELECT jsonb_agg(code ORDER BY sort_key) FROM places WHERE lasts AND level = 'district') AS districts
    FROM day CROSS JOIN span LEFT JOIN plan ON true
    """
)

_BUCKETS = """
    SELECT f.position, f.series, f.unit_code, f.month, sum(f.n) AS n, sum(f.d) AS d, count(*) AS things
    FROM (SELECT facts.position, facts.series, facts.unit_code, facts.n, facts.d,
                 CASE WHEN facts.reached_on IS NULL OR facts.reached_on > :as_of THEN NULL
                      WHEN facts.reached_on < make_date(CAST(:year AS int), 1, 1) THEN 0
                      WHEN facts.reached_on > make_date(CAST(:year AS int), 12, 31) THEN 13
                      ELSE extract(month FROM facts.reached_on) END AS month
          FROM ({facts}) facts) f
    GROUP BY f.position, f.series, f.unit_code, f.month
"""
_FACTS = "SELECT {position} AS position, m.* FROM ({measured}) m"


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """The published plan of a year as the board needs it. Without one, lists are empty."""

    as_of: date
    ref: date
    province_code: str | None
    title: str | None
    targets: Sequence[Mapping[str, Any]]
    deadlines: Sequence[Mapping[str, Any]]
    dossiers: Sequence[Mapping[str, Any]]
    units: Mapping[str, str]
    districts: Sequence[str]


class Boards:
    """What the board of a year shows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def plan(self, year: int, province_code: str | None) -> BoardPlan:
        """The published plan of the year (of the province, or the latest published), with duties and units."""
        row = (await self._session.execute(_PLAN, {"year": year, "province": province_code})).one()
        return BoardPlan(
            row.as_of,
            row.ref,
            row.province_code,
            row.title,
            row.targets or [],
            row.deadlines or [],
            row.dossiers or [],
            row.units or {},
            row.districts or [],
        )

    async def buckets(self, plan: BoardPlan, year: int) -> list[Bucket]:
        """The facts of every target of the plan, counted by unit and month, in one statement."""
        if not plan.targets:
            return []
        facts: list[str] = []
        values: dict[str, Any] = {"year": year, "province": plan.province_code, "as_of": plan.as_of, "ref": plan.ref}
        for target in plan.targets:
            bind = f"p{target['position']}"
            measured = MEASURES[target["indicator"]].sql.replace("{p}", f"CAST(:{bind} AS jsonb)")
            facts.append(_FACTS.format(position=int(target["position"]), measured=measured))
            values[bind] = json.dumps(target["parameters"])
        statement = text(_BUCKETS.format(facts=" UNION ALL ".join(facts)))
        return [
            Bucket(
                row.position,
                row.series,
                row.unit_code,
                int(row.month) if row.month is not None else None,
                Fraction(row.n),
                Fraction(row.d),
                row.things,
            )
            for row in await self._session.execute(statement, values)
        ]
