"""Support given to producers and their products (plan 2023 section II)."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base
from registry.persistence.tables.producers import PlacedMixin
from shared.db.tables import Identified


class SupportRow(PlacedMixin, Identified, Base):
    """One support on a day: to a product, or to its producer as an organisation (then `product_id` is null)."""

    __tablename__ = "supports"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('product_development', 'packaging_label', 'organisation_founded', 'organisation_upgraded')",
            name="kind",
        ),
        CheckConstraint(
            "(product_id IS NULL) = (kind IN ('organisation_founded', 'organisation_upgraded'))", name="subject"
        ),
        Index(
            "supports_once",
            text("coalesce(product_id, producer_id)"),
            "kind",
            "supported_on",
            unique=True,
        ),
        Index("supports_product", "product_id"),
    )

    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"))
    producer_id: Mapped[UUID] = mapped_column(ForeignKey("producers.id"))
    kind: Mapped[str]
    supported_on: Mapped[date]
    note: Mapped[str | None]
