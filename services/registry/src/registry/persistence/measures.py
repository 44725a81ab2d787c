"""How each indicator of a plan is measured: SQL over registry's own tables and projections.

Every measure yields rows (series, unit_code, reached_on, n, d): one thing counted, the unit it belongs to, the day it
was reached (null: not yet), what it adds to the value and to the base of a share or ratio. What is to be reached,
and the parameters of a measure, are the plan's data; nothing here knows a target.

Binds: :year, :province, :ref (today, or the last day of the year once that has passed), and {p} (the target's own
parameters as jsonb). A unit is the district, where the place has one, else the commune.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator's SQL, and the parameters a target must give it."""

    sql: str
    needs: frozenset[str] = frozenset()


REGISTERED_REACHING_STAR = """
    SELECT '' AS series, coalesce(pr.district_code, pr.commune_code) AS unit_code, min(c.issued_on) AS reached_on,
           1 AS n, 1 AS d
    FROM participations pa JOIN products pr ON pr.id = pa.product_id AND pr.province_code = :province
    LEFT JOIN certificates c ON c.product_id = pr.id AND c.year = CAST(:year AS int)
         AND c.ended_reason IS DISTINCT FROM 'revoked'
         AND c.star BETWEEN CAST({p} ->> 'star_from' AS int) AND CAST({p} ->> 'star_to' AS int)
    WHERE pa.year = CAST(:year AS int) GROUP BY pr.id
"""

PRODUCTS_WITH_STAR = """
    SELECT '' AS series, coalesce(pr.district_code, pr.commune_code) AS unit_code, min(c.issued_on) AS reached_on,
           1 AS n, 0 AS d
    FROM certificates c JOIN products pr ON pr.id = c.product_id
    WHERE c.province_code = :province AND c.year = CAST(:year AS int) AND c.ended_reason IS DISTINCT FROM 'revoked'
      AND c.star BETWEEN CAST({p} ->> 'star_from' AS int) AND CAST({p} ->> 'star_to' AS int)
    GROUP BY pr.id
"""

PRODUCTS_SUPPORTED = """
    SELECT '' AS series, coalesce(pr.district_code, pr.commune_code) AS unit_code,
           greatest(min(s.supported_on), min(c.issued_on)) AS reached_on, 1 AS n, 0 AS d
    FROM supports s JOIN products pr ON pr.id = s.product_id AND pr.province_code = :province
    JOIN certificates c ON c.product_id = pr.id
    WHERE extract(year FROM s.supported_on) = CAST(:year AS int) AND ({p} -> 'kinds') ? s.kind GROUP BY pr.id
"""
"""A product counts once it is recognised and was supported in the year (plan 2023: "đã được công nhận")."""

ORGANISATIONS_SUPPORTED = """
    SELECT '' AS series, coalesce(o.district_code, o.commune_code) AS unit_code, min(s.supported_on) AS reached_on,
           1 AS n, 0 AS d
    FROM supports s JOIN producers o ON o.id = s.producer_id AND o.province_code = :province
    WHERE extract(year FROM s.supported_on) = CAST(:year AS int) AND ({p} -> 'kinds') ? s.kind GROUP BY o.id
"""

FOOD_SAFETY_COMMITMENT = """
    SELECT '' AS series, coalesce(o.district_code, o.commune_code) AS unit_code,
           o.food_safety_committed_on AS reached_on, 1 AS n, 1 AS d
    FROM producers o
    WHERE EXISTS (SELECT FROM products pr
                  JOIN participations pa ON pa.product_id = pr.id AND pa.year = CAST(:year AS int)
                  WHERE pr.producer_id = o.id AND pr.province_code = :province)
"""

PRODUCERS_SUPPORTED = """
    SELECT '' AS series, coalesce(o.district_code, o.commune_code) AS unit_code, min(s.supported_on) AS reached_on,
           1 AS n, 1 AS d
    FROM producers o
    LEFT JOIN supports s ON s.producer_id = o.id AND extract(year FROM s.supported_on) = CAST(:year AS int)
         AND ({p} -> 'kinds') ? s.kind
    WHERE EXISTS (SELECT FROM products pr
                  JOIN participations pa ON pa.product_id = pr.id AND pa.year = CAST(:year AS int)
                  WHERE pr.producer_id = o.id AND pr.province_code = :province)
    GROUP BY o.id
"""

NEW_PRODUCERS_TRAINED = """
    SELECT '' AS series, coalesce(o.district_code, o.commune_code) AS unit_code, min(t.held_on) AS reached_on,
           1 AS n, 1 AS d
    FROM producers o
    JOIN (SELECT pr.producer_id FROM products pr JOIN participations pa ON pa.product_id = pr.id
          WHERE pr.province_code = :province GROUP BY pr.producer_id HAVING min(pa.year) = CAST(:year AS int)) newcomers
      ON newcomers.producer_id = o.id
    LEFT JOIN (trained_producers tp JOIN trainings t ON t.id = tp.training_id AND t.kind = {p} ->> 'training'
               AND extract(year FROM t.held_on) = CAST(:year AS int)) ON tp.producer_id = o.id
    GROUP BY o.id
"""

OFFICERS_TRAINED = """
    SELECT '' AS series, coalesce(u.district_code, u.code) AS unit_code, min(t.held_on) AS reached_on, 1 AS n, 1 AS d
    FROM appointments a
    JOIN units u ON u.code = a.unit_code AND u.province_code = :province
         AND :ref BETWEEN u.valid_from AND coalesce(u.valid_to, :ref)
    LEFT JOIN (trained_people tp JOIN trainings t ON t.id = tp.training_id AND t.kind = {p} ->> 'training'
               AND extract(year FROM t.held_on) = CAST(:year AS int)) ON tp.person_id = a.person_id
    WHERE ({p} -> 'roles') ? a.role AND :ref BETWEEN a.valid_from AND coalesce(a.valid_to, :ref)
    GROUP BY a.person_id, u.code, u.district_code
"""

APPARATUS = """
    SELECT '' AS series, seats.unit_code,
           CASE WHEN bool_and(seats.since IS NOT NULL) THEN max(seats.since) END AS reached_on, 1 AS n, 1 AS d
    FROM (
        SELECT coalesce(u.district_code, u.code) AS unit_code, min(a.valid_from) AS since
        FROM units u LEFT JOIN appointments a ON a.unit_code = u.code
             AND :ref BETWEEN a.valid_from AND coalesce(a.valid_to, :ref) AND ({p} -> (u.level || '_roles')) ? a.role
        WHERE u.province_code = :province AND {p} ? (u.level || '_roles')
          AND :ref BETWEEN u.valid_from AND coalesce(u.valid_to, :ref)
        GROUP BY u.code, u.district_code
    ) seats GROUP BY seats.unit_code
"""
"""Complete when the district and each of its communes have an officer of the roles that `<level>_roles` names."""

OUTLETS = """
    SELECT '' AS series, o.unit_code, o.opened_on AS reached_on, 1 AS n, 0 AS d
    FROM outlet_projection o
    WHERE o.province_code = :province AND o.opened_on <= :ref AND (o.closed_on IS NULL OR o.closed_on > :ref)
"""

TRADE_EVENTS = """
    SELECT '' AS series, e.province_code AS unit_code, e.held_on AS reached_on, 1 AS n, 0 AS d
    FROM trade_event_projection e
    WHERE e.year = CAST(:year AS int) AND e.province_code = :province AND e.kind = {p} ->> 'kind'
      AND ({p} ->> 'name_has' IS NULL OR strpos(vi_fold(e.name), vi_fold({p} ->> 'name_has')) > 0)
      AND ({p} ->> 'name_lacks' IS NULL OR strpos(vi_fold(e.name), vi_fold({p} ->> 'name_lacks')) = 0)
"""

GROWTH = """
    SELECT s.series, coalesce(pr.district_code, pr.commune_code) AS unit_code, g.period_to AS reached_on, s.n, s.d
    FROM participations pa JOIN products pr ON pr.id = pa.product_id AND pr.province_code = :province
    JOIN LATERAL (SELECT * FROM growth_projection latest WHERE latest.product_id = pr.id
                    AND (latest.revenue_ratio IS NOT NULL OR latest.profit_ratio IS NOT NULL)
                  ORDER BY latest.period_to DESC, latest.figures_id DESC LIMIT 1) g ON true
    JOIN LATERAL (SELECT * FROM participations first WHERE first.product_id = pr.id
                  ORDER BY first.year LIMIT 1) base ON true
    CROSS JOIN LATERAL (VALUES ('revenue', g.revenue, base.baseline_revenue, g.revenue_ratio),
                               ('profit', g.profit, base.baseline_profit, g.profit_ratio)) AS s (series, n, d, ratio)
    WHERE pa.year = CAST(:year AS int) AND s.ratio IS NOT NULL
"""
"""Against the baseline of the product's first participation: what it was before it joined OCOP. Commerce tells no ratio
where figures do not measure growth, or the baseline is zero or a loss; those do not count."""

TRACEABILITY = """
    SELECT '' AS series, coalesce(c.district_code, c.commune_code) AS unit_code,
           CASE WHEN c.traceable THEN c.issued_on END AS reached_on, 1 AS n, 1 AS d
    FROM certificates c
    WHERE c.province_code = :province AND c.issued_on <= :ref AND GREATEST(c.valid_to, c.kept_to) >= :ref
      AND (c.ended_on IS NULL OR c.ended_on > :ref)
      AND c.star BETWEEN CAST({p} ->> 'star_from' AS int) AND CAST({p} ->> 'star_to' AS int)
"""

_STARS = frozenset({"star_from", "star_to"})
_KINDS = frozenset({"kinds"})

MEASURES: dict[str, Measure] = {
    "apparatus": Measure(APPARATUS, frozenset({"district_roles", "commune_roles"})),
    "officers_trained": Measure(OFFICERS_TRAINED, frozenset({"roles", "training"})),
    "new_producers_trained": Measure(NEW_PRODUCERS_TRAINED, frozenset({"training"})),
    "products_supported": Measure(PRODUCTS_SUPPORTED, _KINDS),
    "registered_reaching_star": Measure(REGISTERED_REACHING_STAR, _STARS),
    "products_with_star": Measure(PRODUCTS_WITH_STAR, _STARS),
    "organisations_supported": Measure(ORGANISATIONS_SUPPORTED, _KINDS),
    "food_safety_commitment": Measure(FOOD_SAFETY_COMMITMENT),
    "producers_supported": Measure(PRODUCERS_SUPPORTED, _KINDS),
    "outlets": Measure(OUTLETS),
    "growth": Measure(GROWTH),
    "trade_events": Measure(TRADE_EVENTS, frozenset({"kind"})),
    "traceability": Measure(TRACEABILITY, _STARS),
}
"""Every indicator a target may name."""

NEEDS: dict[str, frozenset[str]] = {name: measure.needs for name, measure in MEASURES.items()}
