"""All SQL of products and their participation."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import LateralFromClause

from registry.domain.product_access import Scope
from registry.persistence.documents import product_statement
from registry.persistence.scopes import scope_values, within
from registry.persistence.search import fetch_found
from registry.persistence.tables.certificates import CertificateRow
from registry.persistence.tables.products import ParticipationRow, ProductRow
from shared.db.pages import PageRequest
from shared.errors import NotFound

SHOWN = (
    ProductRow.id,
    ProductRow.name,
    ProductRow.producer_id,
    ProductRow.producer_name,
    ProductRow.group_path,
    ProductRow.set_no,
    ProductRow.commune_code,
    ProductRow.commune_name,
    ProductRow.district_code,
    ProductRow.district_name,
    ProductRow.province_code,
    ProductRow.demonstration,
    ProductRow.version,
)
"""Columns of a list; the live certificate's star, code and last day come beside them."""
_OF_CERTIFICATE = (CertificateRow.star, CertificateRow.product_code, CertificateRow.valid_to)


class Products:
    """Products, always within somebody's scope except where an event names one."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: ProductRow | ParticipationRow) -> None:
        """Keep a new product or participation."""
        self._session.add(row)

    async def lock(self, product_id: UUID, scope: Scope) -> ProductRow:
        """The product, locked until the transaction ends. Raises NotFound out of scope."""
        row = await self._session.scalar(
            select(ProductRow)
            .where(ProductRow.id == product_id, within(scope, ProductRow, ProductRow.producer_id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise NotFound("Không có sản phẩm này trong phạm vi của bạn.", "No such product within your scope.")
        return row

    async def participations(self, product_id: UUID) -> list[ParticipationRow]:
        """The product's years, the earliest first."""
        rows = await self._session.scalars(
            select(ParticipationRow).where(ParticipationRow.product_id == product_id).order_by(ParticipationRow.year)
        )
        return list(rows)

    async def document(self, product_id: UUID, readers: Scope) -> bytes:
        """The product as JSON, as this transaction sees it. Raises NotFound out of scope."""
        statement = product_statement(readers)
        row = await statement.within(self._session, keys=[product_id], **scope_values(readers))
        if row is None:
            raise NotFound()
        return str(row.document).encode()

    async def page(
        self,
        scope: Scope,
        page: PageRequest,
        *,
        q: str | None,
        star: int | None,
        year: int | None,
        **equal: str | UUID | None,
    ) -> tuple[list[Row[Any]], str | None]:
        """A page of SHOWN with the live certificate's star, code and last day; `equal` are columns and values."""
        statement: Any = select(*SHOWN).where(within(scope, ProductRow, ProductRow.producer_id))
        for name, value in equal.items():
            if value is not None:
                statement = statement.where(getattr(ProductRow, name) == value)
        joined: list[InstrumentedAttribute[UUID]] = []
        beside: LateralFromClause | None = None
        if star is None:
            # a limit, so that it is looked up for each row: a merge would read the certificates of all rows before
            beside = select(*_OF_CERTIFICATE).where(_held_today()).limit(1).lateral("held")
        else:
            statement = statement.join(CertificateRow, and_(_held_today(), CertificateRow.star == star))
            statement = statement.add_columns(*_OF_CERTIFICATE)
            joined.append(CertificateRow.product_id)
        if year is not None:
            takes_part = and_(ParticipationRow.product_id == ProductRow.id, ParticipationRow.year == year)
            statement = statement.join(ParticipationRow, takes_part)
            joined.append(ParticipationRow.product_id)
        return await fetch_found(
            self._session, statement, ProductRow, q, page, key=ProductRow.id, joined=joined, beside=beside
        )


def _held_today() -> ColumnElement[bool]:
    """True for the certificate a product has today: there is one at most."""
    today = select(func.public.legal_date(func.public.programme_now())).scalar_subquery()
    return and_(
        CertificateRow.product_id == ProductRow.id,
        CertificateRow.issued_on <= today,
        func.least(func.greatest(CertificateRow.valid_to, CertificateRow.kept_to) + 1, CertificateRow.ended_on) > today,
    )
