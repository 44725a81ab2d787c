"""The public passport: one statement, the document made by Postgres."""

from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.persistence.search import fetch_found
from registry.persistence.statements import Lookup, Statement
from registry.persistence.tables.certificates import CertificateRow
from registry.persistence.tables.products import ProductRow
from shared.db.pages import PageRequest

PASSPORT = Lookup(
    """
    SELECT asked.product_code AS key, json_build_object(
        'product_code', coalesce(latest.product_code, asked.product_code), 'product_name', p.name,
        'producer', json_build_object('name', p.producer_name, 'commune', p.commune_name,
                                      'district', p.district_name, 'province', p.province_name),
        'star', CASE WHEN latest.holds THEN latest.star END,
        'status', CASE WHEN latest.holds THEN 'valid' WHEN latest.star IS NULL THEN 'not_yet'
                       WHEN latest.ended_reason = 'revoked' THEN 'revoked' ELSE 'expired' END,
        'valid_from', latest.issued_on, 'valid_to', latest.valid_to,
        'kept_to', CASE WHEN latest.holds AND day.d > latest.valid_to THEN latest.kept_to END,
        'ended_on', CASE WHEN NOT latest.holds THEN latest.ended_on END,
        'ended_words', CASE WHEN NOT latest.holds THEN latest.ended_words END,
        'ended_decision', CASE WHEN NOT latest.holds THEN latest.ended_decision END,
        'stamps_valid', coalesce(latest.holds, false),
        'decision_number', latest.decision_number, 'decided_by', latest.decided_by, 'decided_on', latest.decided_on,
        'traceable', coalesce(latest.holds AND latest.traceable, false),
        'on', day.d, 'mark_allowed', coalesce(latest.holds, false), 'demonstration', p.demonstration,
        'history', (
            SELECT json_agg(json_build_object(
                'product_code', h.product_code, 'star', h.star, 'decision_number', h.decision_number,
                'decided_on', h.decided_on, 'decided_by', h.decided_by, 'valid_from', h.issued_on,
                'valid_to', h.valid_to, 'ended_on', h.ended_on, 'ended_reason', h.ended_reason,
                'ended_words', h.ended_words, 'ended_decision', h.ended_decision, 'kept_to', h.kept_to)
                ORDER BY h.issued_on, h.id)
            FROM certificates h WHERE h.product_id = p.id)
        )::text AS document
    FROM certificates asked
    JOIN products p ON p.id = asked.product_id
    CROSS JOIN (SELECT coalesce(CAST(:day AS date), public.legal_date(public.programme_now())) AS d) AS day
    LEFT JOIN LATERAL (
        SELECT c.product_code, c.star, c.issued_on, c.valid_to, c.decision_number, c.decided_by, c.decided_on,
               c.traceable, c.ended_reason, c.ended_on, c.ended_words, c.ended_decision, c.kept_to,
               day.d < LEAST(GREATEST(c.valid_to, c.kept_to) + 1, c.ended_on) AS holds
        FROM certificates c
        WHERE c.product_id = p.id AND c.issued_on <= day.d
          AND c.issued_on < LEAST(GREATEST(c.valid_to, c.kept_to) + 1, c.ended_on)
        ORDER BY c.issued_on DESC LIMIT 1
    ) AS latest ON true
    WHERE asked.product_code = ANY (CAST(:keys AS text[]))
    """
)
"""By any code the product ever had, on `day` (null: today by the programme's clock)."""

KNOWN = Statement("SELECT true AS known FROM certificates WHERE product_code = CAST(:code AS text)")
"""Whether a code was ever given."""


async def passport_page(
    session: AsyncSession, page: PageRequest, *, q: str | None, star: int | None
) -> tuple[list[Row[Any]], str | None]:
    """Products that may carry the mark today, by product: each has one such certificate at most."""
    today = select(func.public.legal_date(func.public.programme_now())).scalar_subquery()
    statement: Any = (
        select(
            ProductRow.id,
            CertificateRow.product_code,
            ProductRow.name.label("product_name"),
            ProductRow.producer_name,
            ProductRow.commune_name.label("commune"),
            ProductRow.district_name.label("district"),
            ProductRow.province_name.label("province"),
            CertificateRow.star,
            CertificateRow.valid_to,
            ProductRow.demonstration,
        )
        .select_from(ProductRow)
        .join(CertificateRow, CertificateRow.product_id == ProductRow.id)
        .where(
            CertificateRow.issued_on <= today,
            func.least(func.greatest(CertificateRow.valid_to, CertificateRow.kept_to) + 1, CertificateRow.ended_on)
            > today,
        )
    )
    if star is not None:
        statement = statement.where(CertificateRow.star == star)
    return await fetch_found(
        session, statement, ProductRow, q, page, key=ProductRow.id, joined=[CertificateRow.product_id]
    )
