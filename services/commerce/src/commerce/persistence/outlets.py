"""All SQL of outlets and their stock."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.domain.access import Scope
from commerce.domain.errors import AlreadyThere
from commerce.persistence.constraints import violated
from commerce.persistence.products import TODAY, live_on
from commerce.persistence.search import matches
from commerce.persistence.tables.outlets import OutletRow, OutletStockRow
from commerce.persistence.tables.projections import CertificateProjection
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

SHOWN = (
    OutletRow.id,
    OutletRow.kind,
    OutletRow.name,
    OutletRow.commune_code,
    OutletRow.commune_name,
    OutletRow.address,
    OutletRow.operator,
    OutletRow.unit_code,
    OutletRow.province_code,
    OutletRow.opened_on,
    OutletRow.closed_on,
    OutletRow.version,
    OutletRow.sort_key,
)
"""What anybody may see of an outlet: why it closed is not among it, as people write names into reasons."""


@dataclass(frozen=True, slots=True)
class OutletFilter:
    """Which outlets are asked for; None asks nothing."""

    state: Literal["open", "closed", "all"] = "open"
    q: str | None = None
    kind: str | None = None
    commune_code: str | None = None
    unit_code: str | None = None
    province_code: str | None = None
    product_id: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter in SQL."""
        found = [
            getattr(OutletRow, name) == value
            for name in ("kind", "commune_code", "unit_code", "province_code")
            if (value := getattr(self, name)) is not None
        ]
        if self.state != "all":
            found.append(OutletRow.closed_on.is_(None) if self.state == "open" else OutletRow.closed_on.is_not(None))
        if self.q:
            found.append(matches(OutletRow.folded, self.q))
        if self.product_id is not None:
            stock = select(OutletStockRow.id).where(
                OutletStockRow.outlet_id == OutletRow.id, OutletStockRow.product_id == self.product_id
            )
            found.append(stock.exists())
        return found


class Outlets:
    """Outlets, public to read; to change, only within reach."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: OutletRow) -> None:
        """Write a new outlet. Raises AlreadyThere when the commune has an open one of this name."""
        self._session.add(row)
        try:
            await self._session.flush()
        except IntegrityError as error:
            if violated(error) == "outlets_open_name":
                raise AlreadyThere(
                    "Xã này đã có điểm bán hàng đang mở với tên này.", "The commune has an open outlet of this name."
                ) from error
            if violated(error) == "outlets_pkey":
                raise AlreadyThere("Đã có điểm bán hàng mang id này.", "There is an outlet with this id.") from error
            raise

    async def page(self, wanted: OutletFilter, page: PageRequest) -> tuple[list[Row[Any]], str | None]:
        """Outlets by name, each with the codes of the products it may show as OCOP products today."""
        codes = (
            select(func.coalesce(func.array_agg(CertificateProjection.product_code.distinct()), []))
            .join(OutletStockRow, OutletStockRow.product_id == CertificateProjection.product_id)
            .where(_on_the_shelf())
            .scalar_subquery()
        )
        statement = select(*SHOWN, codes.label("product_codes")).where(*wanted.conditions())
        return await fetch_page(self._session, statement, [OutletRow.sort_key, OutletRow.id], page)

    async def get(self, outlet_id: UUID) -> Row[*tuple[Any, ...]]:
        """One outlet with its products. Raises NotFound."""
        row = (await self._session.execute(_detail().where(OutletRow.id == outlet_id))).one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def take(self, scope: Scope, outlet_id: UUID, *, for_change: bool) -> OutletRow:
        """An outlet within reach, locked: alone `for_change`, else together with others that add to it."""
        statement = select(OutletRow).where(OutletRow.id == outlet_id, _reached_by(scope))
        row = (await self._session.execute(statement.with_for_update(read=not for_change))).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def closing(self, scope: Scope, outlet_id: UUID) -> OutletRow:
        """A closed outlet within reach. Raises NotFound, for an open one too."""
        statement = select(OutletRow).where(
            OutletRow.id == outlet_id, OutletRow.closed_on.is_not(None), _reached_by(scope)
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def add_stock(self, row: OutletStockRow) -> bool:
        """Put a product into stock; False when it is there already."""
        values = {
            "outlet_id": row.outlet_id,
            "product_id": row.product_id,
            "stocked_on": row.stocked_on,
            "recorded_by": row.recorded_by,
        }
        statement = insert(OutletStockRow).values(values).on_conflict_do_nothing().returning(OutletStockRow.id)
        return (await self._session.execute(statement)).scalar_one_or_none() is not None


def _reached_by(scope: Scope) -> ColumnElement[bool]:
    return or_(OutletRow.unit_code.in_(scope.units), OutletRow.province_code.in_(scope.provinces))


def _on_the_shelf() -> ColumnElement[bool]:
    return and_(OutletStockRow.outlet_id == OutletRow.id, OutletRow.closed_on.is_(None), live_on(TODAY))


def _detail() -> Select[*tuple[Any, ...]]:
    certificate = CertificateProjection
    product = (
        select(certificate.product_id, certificate.product_code, certificate.product_name, certificate.star)
        .join(OutletStockRow, OutletStockRow.product_id == certificate.product_id)
        .where(_on_the_shelf())
        .ext(distinct_on(certificate.product_id))
        .order_by(certificate.product_id, certificate.star.desc(), certificate.issued_on.desc())
        .correlate(OutletRow)
        .subquery()
    )
    products = select(
        func.coalesce(
            func.json_agg(
                func.json_build_object(
                    "product_id",
                    product.c.product_id,
                    "product_code",
                    product.c.product_code,
                    "product_name",
                    product.c.product_name,
                    "star",
                    product.c.star,
                )
            ),
            func.json_build_array(),
        )
    ).scalar_subquery()
    return select(*SHOWN, products.label("products"))
