"""All SQL of figures and of the growth measured from them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.domain.access import Scope
from commerce.domain.errors import AlreadyThere
from commerce.domain.growth import Baseline, Recognition, ReportedPeriod
from commerce.persistence.constraints import violated
from commerce.persistence.products import TODAY, reached_by
from commerce.persistence.tables.figures import FiguresRow, GrowthMeasurementRow
from commerce.persistence.tables.projections import CertificateProjection, ProductProjection
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

SHOWN = (
    FiguresRow.id,
    FiguresRow.product_id,
    ProductProjection.product_name,
    ProductProjection.producer_id,
    FiguresRow.period_from,
    FiguresRow.period_to,
    FiguresRow.months,
    FiguresRow.revenue,
    FiguresRow.profit,
    FiguresRow.on_behalf,
    FiguresRow.created_at,
    FiguresRow.version,
)


@dataclass(frozen=True, slots=True)
class GrowthFacts:
    """All that the growth of one product is measured from, as it is now."""

    product: ProductProjection
    baseline: Baseline
    recognitions: tuple[Recognition, ...]
    periods: tuple[ReportedPeriod, ...]
    today: date


class Figures:
    """Reported figures. Out of a person's reach they do not exist."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save(self, row: FiguresRow) -> None:
        """Write new or changed figures. Raises AlreadyThere when some of the same length cover part of the period."""
        self._session.add(row)
        try:
            await self._session.flush()
        except IntegrityError as error:
            if violated(error) == "figures_no_overlap":
                raise AlreadyThere(
                    "Đã có số liệu cùng độ dài trùng một phần kỳ này; hãy sửa số liệu đó.",
                    "There are figures of the same length that overlap this period; correct those.",
                ) from error
            raise

    async def page(self, scope: Scope, product_id: UUID | None, page: PageRequest) -> tuple[list[Row[Any]], str | None]:
        """Figures within reach, the latest period first."""
        statement = _visible_to(scope)
        if product_id is not None:
            statement = statement.where(FiguresRow.product_id == product_id)
        keys = [FiguresRow.period_from, FiguresRow.id]
        return await fetch_page(self._session, statement, keys, page, descending=True)

    async def get(self, scope: Scope, figures_id: UUID) -> Row[*tuple[Any, ...]]:
        """One report. Raises NotFound."""
        row = (await self._session.execute(_visible_to(scope).where(FiguresRow.id == figures_id))).one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def take(self, scope: Scope, figures_id: UUID) -> FiguresRow:
        """One report, locked for a correction. Raises NotFound."""
        statement = (
            select(FiguresRow)
            .join(ProductProjection, ProductProjection.product_id == FiguresRow.product_id)
            .where(FiguresRow.id == figures_id, reached_by(scope))
            .with_for_update(of=FiguresRow)
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def growth_facts(self, product_id: UUID, scope: Scope | None = None) -> GrowthFacts | None:
        """Facts of a product, in one statement; with `scope`, only of one within reach."""
        statement = select(ProductProjection, _recognitions(), _periods(), TODAY.label("today")).where(
            ProductProjection.product_id == product_id
        )
        if scope is not None:
            statement = statement.where(reached_by(scope))
        found = (await self._session.execute(statement)).one_or_none()
        if found is None:
            return None
        product, recognitions, periods, today = found
        return GrowthFacts(
            product,
            Baseline(product.baseline_revenue, product.baseline_profit, product.baseline_on),
            tuple(
                Recognition(UUID(r["id"]), r["star"], date.fromisoformat(r["issued_on"]), r["year"])
                for r in recognitions
            ),
            tuple(
                ReportedPeriod(
                    UUID(p["id"]),
                    date.fromisoformat(p["from"]),
                    date.fromisoformat(p["to"]),
                    p["months"],
                    p["revenue"],
                    p["profit"],
                )
                for p in periods
            ),
            today,
        )

    async def told_growth(self, product_id: UUID) -> GrowthMeasurementRow | None:
        """What was last told about the product's growth."""
        return await self._session.get(GrowthMeasurementRow, product_id)

    async def save_growth(self, row: GrowthMeasurementRow) -> None:
        """Write what is told now."""
        self._session.add(row)
        await self._session.flush()


def _visible_to(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(*SHOWN)
        .join(ProductProjection, ProductProjection.product_id == FiguresRow.product_id)
        .where(reached_by(scope))
    )


def _recognitions() -> Any:
    certificate = CertificateProjection
    entry = func.json_build_object(
        "id",
        certificate.certificate_id,
        "star",
        certificate.star,
        "issued_on",
        certificate.issued_on,
        "year",
        certificate.year,
    )
    return (
        select(func.coalesce(func.json_agg(entry), func.json_build_array()))
        .where(certificate.product_id == ProductProjection.product_id, certificate.issued_on.is_not(None))
        .scalar_subquery()
    )


def _periods() -> Any:
    entry = func.json_build_object(
        "id",
        FiguresRow.id,
        "from",
        FiguresRow.period_from,
        "to",
        FiguresRow.period_to,
        "months",
        FiguresRow.months,
        "revenue",
        FiguresRow.revenue,
        "profit",
        FiguresRow.profit,
    )
    return (
        select(func.coalesce(func.json_agg(entry), func.json_build_array()))
        .where(FiguresRow.product_id == ProductProjection.product_id)
        .scalar_subquery()
    )
