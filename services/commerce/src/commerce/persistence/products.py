"""Registry's products and certificates as commerce knows them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.domain.access import Scope
from commerce.persistence.tables.projections import CertificateProjection, ProductProjection
from shared.contracts.registry import CertificateEnded, CertificateIssued, ProductRegistered

ISSUE_FIELDS = ("product_id", "producer_id", "product_code", "product_name", "star", "issued_on", "valid_to", "year")
TODAY: ColumnElement[date] = func.legal_date(func.programme_now())
"""The legal date in Vietnam, by the programme's clock in the database."""


def live_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a certificate gives its star on `day`. An expiry adds nothing to `valid_to`."""
    certificate = CertificateProjection
    return and_(
        certificate.issued_on <= day,
        certificate.valid_to >= day,
        or_(certificate.ended_on.is_(None), certificate.end_reason == "expired", certificate.ended_on > day),
    )


def reached_by(scope: Scope) -> ColumnElement[bool]:
    """Whether a product is the person's own, or of its district or province."""
    product = ProductProjection
    return or_(
        product.producer_id.in_(scope.producers),
        product.district_code.in_(scope.units),
        product.province_code.in_(scope.provinces),
    )


class Products:
    """Projections of products and certificates. Events may arrive in any order and more than once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, product_id: UUID) -> None:
        """Let one transaction at a time decide about the product, known here or not yet."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('product ' || :product, 0))"),
            {"product": str(product_id)},
        )

    async def store_registered(self, event: ProductRegistered) -> None:
        """Keep what the event says unless a newer revision is known."""
        values = event.model_dump(mode="python")
        statement = insert(ProductProjection).values(values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["product_id"],
                set_={name: statement.excluded[name] for name in values if name != "product_id"},
                where=statement.excluded.revision > ProductProjection.revision,
            )
        )

    async def store_issued(self, event: CertificateIssued) -> None:
        """Keep the certificate; its end may be known already."""
        values: dict[str, Any] = {name: getattr(event, name) for name in ISSUE_FIELDS}
        statement = insert(CertificateProjection).values(certificate_id=event.certificate_id, **values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["certificate_id"], set_=values, where=CertificateProjection.issued_on.is_(None)
            )
        )

    async def store_ended(self, event: CertificateEnded) -> None:
        """Keep the certificate's end; of several, the earliest. An expiry is weaker than any other reason."""
        values = {"ended_on": event.ended_on, "end_reason": event.reason}
        statement = insert(CertificateProjection).values(
            certificate_id=event.certificate_id, product_id=event.product_id, **values
        )
        known, new = CertificateProjection, statement.excluded
        rank_known = func.row(known.end_reason == "expired", known.ended_on)
        rank_new = func.row(new.end_reason == "expired", new.ended_on)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["certificate_id"],
                set_=values,
                where=or_(known.ended_on.is_(None), rank_new < rank_known),
            )
        )

    async def live_certificate(self, product_id: UUID, day: date) -> CertificateProjection | None:
        """The certificate that gives the product its star on `day`."""
        statement = (
            select(CertificateProjection)
            .where(CertificateProjection.product_id == product_id, live_on(day))
            .order_by(CertificateProjection.star.desc(), CertificateProjection.issued_on.desc())
            .limit(1)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def within(self, scope: Scope, product_id: UUID) -> ProductProjection | None:
        """The product, when it is within the person's reach."""
        statement = select(ProductProjection).where(ProductProjection.product_id == product_id, reached_by(scope))
        return (await self._session.execute(statement)).scalar_one_or_none()
