"""What commerce must know of registry's products and certificates, fed by registry's events in any order."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from commerce.persistence.tables.base import Base


class ProductProjection(Base):
    """A registered product with its baseline; the event with the highest `revision` is kept."""

    __tablename__ = "product_projection"

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    producer_id: Mapped[UUID]
    product_name: Mapped[str]
    producer_name: Mapped[str]
    group_path: Mapped[str]
    commune_code: Mapped[str]
    district_code: Mapped[str | None]
    province_code: Mapped[str]
    year: Mapped[int]
    baseline_revenue: Mapped[int] = mapped_column(BigInteger)
    baseline_profit: Mapped[int] = mapped_column(BigInteger)
    baseline_on: Mapped[date]
    revision: Mapped[int]


class CertificateProjection(Base):
    """A certificate. Its end may be known before its issue, as events come in any order."""

    __tablename__ = "certificate_projection"
    __table_args__ = (
        CheckConstraint(
            "issued_on IS NULL OR num_nulls(producer_id, product_code, product_name, star, valid_to, year) = 0",
            name="issue",
        ),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="ending"),
        Index("certificate_projection_product", "product_id", "issued_on"),
    )

    certificate_id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID]
    producer_id: Mapped[UUID | None]
    product_code: Mapped[str | None]
    product_name: Mapped[str | None]
    star: Mapped[int | None]
    issued_on: Mapped[date | None]
    valid_to: Mapped[date | None]
    """Last day the product may carry its star, when nothing ends it earlier."""
    year: Mapped[int | None]
    ended_on: Mapped[date | None]
    """First day without it, when it was revoked or replaced."""
    end_reason: Mapped[str | None]
