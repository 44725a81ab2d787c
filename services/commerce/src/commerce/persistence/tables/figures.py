"""Revenue and profit that producers report, and the growth measured from them."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from commerce.persistence.tables.base import Base
from shared.db.tables import Versioned


class FiguresRow(Versioned, Base):
    """Đồng of a product in some whole months. Two reports of the same length never overlap."""

    __tablename__ = "figures"
    __table_args__ = (
        CheckConstraint("period_to > period_from", name="period"),
        CheckConstraint("months BETWEEN 1 AND 12", name="months"),
        CheckConstraint("revenue >= 0", name="revenue"),
        ExcludeConstraint(
            ("product_id", "="),
            ("months", "="),
            (text("daterange(period_from, period_to, '[]')"), "&&"),
            name="figures_no_overlap",
            using="gist",
        ),
        Index("figures_order", "product_id", "period_from", "id"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_projection.product_id"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    """Last day, inclusive."""
    months: Mapped[int]
    """Length of the period in whole months."""
    revenue: Mapped[int] = mapped_column(BigInteger)
    profit: Mapped[int] = mapped_column(BigInteger)
    """Negative for a loss."""
    reported_by: Mapped[UUID]
    on_behalf: Mapped[bool]
    """Reported by the district's secretary, not by the producer itself."""


class GrowthMeasurementRow(Base):
    """What was last told about a product's growth; `revision` grows with each telling and never starts again."""

    __tablename__ = "growth_measurements"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_projection.product_id"), primary_key=True)
    figures_id: Mapped[UUID]
    period_from: Mapped[date]
    period_to: Mapped[date]
    revenue: Mapped[int] = mapped_column(BigInteger)
    profit: Mapped[int] = mapped_column(BigInteger)
    revenue_ratio: Mapped[str | None]
    """An exact fraction such as 3/2."""
    profit_ratio: Mapped[str | None]
    year: Mapped[int]
    """The year of the programme in which the product was first recognised."""
    withdrawn: Mapped[bool]
    """The figures no longer measure growth; told once with neither ratio."""
    revision: Mapped[int]
