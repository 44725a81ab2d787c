"""Products as documents made by Postgres: one statement per read, made for what the reader's scope has."""

from functools import cache

from registry.domain.product_access import Scope, money_scope
from registry.persistence.places import present_place_sql
from registry.persistence.scopes import Parts, parts_of, within_sql
from registry.persistence.statements import Lookup, Statement

TODAY = "(SELECT public.legal_date(public.programme_now()))"

_LIVE = f"""
    LEFT JOIN LATERAL (
        SELECT c.id, c.product_code, c.star, c.issued_on, c.valid_to, c.decision_number, c.traceable
        FROM certificates c
        WHERE c.product_id = p.id AND {TODAY} >= c.issued_on
              AND {TODAY} < LEAST(GREATEST(c.valid_to, c.kept_to) + 1, c.ended_on)
    ) AS live ON true
"""  # noqa: S608  # made of constants

_PRODUCT = f"""
    SELECT p.id AS key, p.version, json_build_object(
        'id', p.id, 'producer_id', p.producer_id, 'producer_name', p.producer_name,
        'producer_kind', p.producer_kind, 'name', p.name, 'description', p.description,
        'taxonomy', p.taxonomy, 'group_path', p.group_path, 'set_no', p.set_no,
        'commune_code', p.commune_code, 'commune_name', p.commune_name,
        'district_code', p.district_code, 'district_name', p.district_name,
        'province_code', p.province_code, 'province_name', p.province_name,
        'registered_on', p.registered_on, 'demonstration', p.demonstration,
        'years', joined.years,
        'baseline', CASE WHEN {{money}} THEN joined.baseline END,
        'star', live.star,
        'certificate', CASE WHEN live.id IS NOT NULL THEN json_build_object(
            'id', live.id, 'product_code', live.product_code, 'star', live.star, 'issued_on', live.issued_on,
            'valid_to', live.valid_to, 'decision_number', live.decision_number, 'traceable', live.traceable) END,
        'version', p.version)::text AS document
    FROM products p {_LIVE},
    LATERAL (
        SELECT coalesce(json_agg(t.year ORDER BY t.year), '[]') AS years,
               (array_agg(json_build_object('revenue', t.baseline_revenue, 'profit', t.baseline_profit,
                                            'measured_on', t.baseline_on) ORDER BY t.year))[1] AS baseline
        FROM participations t WHERE t.product_id = p.id
    ) AS joined
    WHERE p.id = ANY (CAST(:keys AS uuid[])) AND {{readers}}
"""  # noqa: S608  # made of constants; values are parameters

_SUMMARY = f"""
    SELECT p.id AS product_id, p.producer_id, p.name AS product_name, p.producer_name, p.producer_kind,
           p.taxonomy, p.group_path, p.set_no,
           (SELECT max(t.year) FROM participations t WHERE t.product_id = p.id) AS year,
           coalesce(present.commune_code, p.commune_code) AS commune_code,
           coalesce(present.commune_name, p.commune_name) AS commune_name,
           CASE WHEN present.commune_code IS NULL THEN p.district_code ELSE present.district_code END AS district_code,
           CASE WHEN present.commune_code IS NULL THEN p.district_name ELSE present.district_name END AS district_name,
           coalesce(present.province_code, p.province_code) AS province_code,
           coalesce(present.province_name, p.province_name) AS province_name,
           live.valid_to AS live_certificate_valid_to,
           (SELECT max(c.valid_to) FROM certificates c WHERE c.product_id = p.id) AS last_certificate_valid_to,
           {TODAY} AS today
    FROM products p {_LIVE}
    LEFT JOIN LATERAL ({present_place_sql("p.commune_code", TODAY)}) AS present ON true
    WHERE p.id = CAST(:id AS uuid) AND {{readers}}
"""  # noqa: S608  # made of constants; values are parameters


def product_statement(readers: Scope) -> Lookup:
    """One product within a scope, with its version. Money within that part of it alone (users.md rule 6)."""
    return _product_of(parts_of(readers), parts_of(money_scope(readers)))


def summary_statement(readers: Scope) -> Statement:
    """What another service needs of a product (shared.contracts.registry.ProductSummary), and today's date.

    The place is the one of today: a commune that was merged acts through the unit it became.
    """
    return _summary_of(parts_of(readers))


@cache
def _product_of(readers: Parts, money: Parts) -> Lookup:
    # whom the money scope does not narrow has passed it with the condition of the row
    shown = "true" if money == readers else within_sql("p", money)
    return Lookup(_PRODUCT.format(readers=within_sql("p", readers), money=shown))


@cache
def _summary_of(readers: Parts) -> Statement:
    return Statement(_SUMMARY.format(readers=within_sql("p", readers)))


_CERTIFICATE_SUMMARY = f"""
    SELECT c.id AS certificate_id, c.product_id, c.producer_id, c.dossier_id, c.product_name, c.product_code, c.star,
           c.decision_number, c.decided_by, c.issued_on, c.valid_to, c.ended_reason,
           LEAST(GREATEST(c.valid_to, c.kept_to) + 1, c.ended_on) - 1 AS holds_until,
           coalesce(present.commune_code, c.commune_code) AS commune_code,
           coalesce(present.commune_name, c.commune_name) AS commune_name,
           CASE WHEN present.commune_code IS NULL THEN c.district_code ELSE present.district_code END AS district_code,
           CASE WHEN present.commune_code IS NULL THEN c.district_name ELSE present.district_name END AS district_name,
           coalesce(present.province_code, c.province_code) AS province_code,
           coalesce(present.province_name, c.province_name) AS province_name
    FROM certificates c
    LEFT JOIN LATERAL ({present_place_sql("c.commune_code", TODAY)}) AS present ON true
    WHERE c.id = CAST(:id AS uuid) AND {{readers}}
"""  # noqa: S608  # made of constants; values are parameters


def certificate_summary_statement(readers: Scope) -> Statement:
    """A certificate for whoever acts on it later (shared.contracts.registry.CertificateSummary), by today's units."""
    return _certificate_summary_of(parts_of(readers))


@cache
def _certificate_summary_of(readers: Parts) -> Statement:
    return Statement(_CERTIFICATE_SUMMARY.format(readers=within_sql("c", readers)))
