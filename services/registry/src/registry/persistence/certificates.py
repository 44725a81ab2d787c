"""All SQL of certificates, product codes and stamps."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.product_access import Scope
from registry.persistence.scopes import within
from registry.persistence.tables.certificates import CertificateRow, StampRangeRow
from registry.persistence.tables.products import ProductRow
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

_NEXT = text(
    """
    INSERT INTO code_series (scope, last) VALUES (:scope, 1)
    ON CONFLICT (scope) DO UPDATE SET last = code_series.last + 1 RETURNING last
    """
)
_REACH = text(
    """
    INSERT INTO code_series (scope, last) VALUES (:scope, :number)
    ON CONFLICT (scope) DO UPDATE SET last = greatest(code_series.last, excluded.last)
    """
)
_EXPIRE = text(
    """
    WITH due AS MATERIALIZED (
        SELECT p.id FROM products p
        WHERE p.id IN (
            SELECT product_id FROM certificates WHERE ended_on IS NULL AND GREATEST(valid_to, kept_to) < :today
            ORDER BY valid_to, id LIMIT :most)
        ORDER BY p.id FOR UPDATE SKIP LOCKED
    ), touched AS (
        UPDATE products p SET version = p.version + 1, updated_at = now() FROM due WHERE p.id = due.id
    )
    UPDATE certificates c
    SET ended_on = GREATEST(c.valid_to, c.kept_to) + 1, ended_reason = 'expired', version = c.version + 1,
        updated_at = now()
    FROM due WHERE c.product_id = due.id AND c.ended_on IS NULL AND GREATEST(c.valid_to, c.kept_to) < :today
    RETURNING c.id, c.product_id, c.ended_on
    """
)


class Certificates:
    """Certificates of products. Lock the product before changing any of its certificates."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: CertificateRow | StampRangeRow) -> None:
        """Keep a new certificate or stamp range."""
        self._session.add(row)

    async def of_decision(self, decision_id: UUID) -> CertificateRow | None:
        """The certificate a decision led to."""
        found: CertificateRow | None = await self._session.scalar(
            select(CertificateRow).where(CertificateRow.decision_id == decision_id)
        )
        return found

    async def has_code(self, product_code: str) -> bool:
        """Whether some certificate has the code."""
        known = select(CertificateRow.id).where(CertificateRow.product_code == product_code)
        return await self._session.scalar(known) is not None

    async def of_product(self, product_id: UUID) -> list[CertificateRow]:
        """Every certificate of a product, the earliest first."""
        rows = await self._session.scalars(
            select(CertificateRow).where(CertificateRow.product_id == product_id).order_by(CertificateRow.issued_on)
        )
        return list(rows)

    async def get(self, certificate_id: UUID, scope: Scope, *, lock: bool = False) -> CertificateRow:
        """One certificate within a scope. Raises NotFound out of it."""
        statement = select(CertificateRow).where(
            CertificateRow.id == certificate_id, within(scope, CertificateRow, CertificateRow.producer_id)
        )
        if lock:
            statement = statement.with_for_update()
        row: CertificateRow | None = await self._session.scalar(statement)
        if row is None:
            raise NotFound("Không có giấy chứng nhận này trong phạm vi của bạn.", "No such certificate in your scope.")
        return row

    async def page(
        self,
        scope: Scope,
        page: PageRequest,
        *,
        expiring_before: date | None,
        **equal: str | int | UUID | None,
    ) -> tuple[list[Row[Any]], str | None]:
        """A page by id; with `expiring_before`, those that hold and end before it, the soonest first."""
        statement = select(CertificateRow).where(within(scope, CertificateRow, CertificateRow.producer_id))
        for name, value in equal.items():
            if value is not None:
                statement = statement.where(getattr(CertificateRow, name) == value)
        keys: list[Any] = [CertificateRow.id]
        if expiring_before is None:
            return await fetch_page(self._session, statement, keys, page)
        keys = [CertificateRow.valid_to, CertificateRow.id]
        today = select(func.public.legal_date(func.public.programme_now())).scalar_subquery()
        statement = statement.where(
            and_(
                CertificateRow.valid_to < expiring_before,
                CertificateRow.valid_to >= today,
                func.coalesce(CertificateRow.ended_on > today, True),
            )
        )
        return await fetch_page(self._session, statement, keys, page)

    async def lock(self, certificate_id: UUID) -> CertificateRow | None:
        """A certificate with its product held FOR UPDATE first, for what other services decided on it."""
        product = await self._session.scalar(
            select(CertificateRow.product_id).where(CertificateRow.id == certificate_id)
        )
        if product is None:
            return None
        await self._session.execute(select(ProductRow.id).where(ProductRow.id == product).with_for_update())
        statement = select(CertificateRow).where(CertificateRow.id == certificate_id).with_for_update()
        row: CertificateRow | None = await self._session.scalar(statement.execution_options(populate_existing=True))
        return row

    async def kept_for(self, dossier_id: UUID) -> UUID | None:
        """The certificate that is kept for a renewal dossier."""
        found: UUID | None = await self._session.scalar(
            select(CertificateRow.id).where(CertificateRow.kept_for == dossier_id)
        )
        return found

    async def next_number(self, series: str) -> int:
        """The next running number of a series. Waits for whoever is taking one; a rollback gives it back."""
        return int((await self._session.execute(_NEXT, {"scope": series})).scalar_one())

    async def reach_number(self, series: str, number: int) -> None:
        """Let a series continue after a number that was given on paper."""
        await self._session.execute(_REACH, {"scope": series, "number": number})

    async def expire(self, today: date, most: int) -> list[Row[Any]]:
        """Mark certificates whose last day has passed; returns (id, product_id, ended_on) of at most `most`."""
        return list((await self._session.execute(_EXPIRE, {"today": today, "most": most})).all())
