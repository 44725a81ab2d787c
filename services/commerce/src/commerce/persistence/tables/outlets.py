"""Outlets and OCOP centres, and what they stock."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from commerce.persistence.tables.base import Base
from shared.db.tables import Identified, Versioned


class OutletRow(Versioned, Base):
    """A place that sells OCOP products: a point of sale or a centre (plan 2023 sections II.2 and V.2)."""

    __tablename__ = "outlets"
    __table_args__ = (
        CheckConstraint("kind IN ('outlet', 'centre')", name="kind"),
        CheckConstraint("closed_on >= opened_on", name="life"),
        CheckConstraint("(closed_on IS NULL) = (closing_reason IS NULL)", name="closing"),
        Index("outlets_order", "sort_key", "id"),
        Index("outlets_unit", "unit_code"),
        Index("outlets_province", "province_code"),
        Index(
            "outlets_open_name",
            "commune_code",
            text("vi_fold(name)"),
            unique=True,
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index("outlets_search", "folded", postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"}),
    )

    kind: Mapped[str]
    name: Mapped[str]
    commune_code: Mapped[str]
    commune_name: Mapped[str]
    """As the commune was called on the opening day."""
    address: Mapped[str]
    operator: Mapped[str]
    unit_code: Mapped[str]
    """The unit with the duty to have an outlet on the opening day: the district while there were districts."""
    province_code: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    closing_reason: Mapped[str | None]
    recorded_by: Mapped[UUID]
    sort_key: Mapped[str] = mapped_column(Computed("vi_fold(name)", persisted=True))
    folded: Mapped[str] = mapped_column(
        Computed(
            "translate(vi_fold(name || ' '::text || address || ' '::text || commune_name), '''', '')", persisted=True
        )
    )
    """For search: no case, no diacritics, no apostrophes."""


class OutletStockRow(Identified, Base):
    """A product an outlet took into its stock. Whether it may be shown is asked of its certificate on each day."""

    __tablename__ = "outlet_stock"
    __table_args__ = (UniqueConstraint("outlet_id", "product_id"), Index("outlet_stock_product", "product_id"))

    outlet_id: Mapped[UUID] = mapped_column(ForeignKey("outlets.id"))
    product_id: Mapped[UUID]
    stocked_on: Mapped[date]
    recorded_by: Mapped[UUID]
