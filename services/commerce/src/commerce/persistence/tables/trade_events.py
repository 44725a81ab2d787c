"""Fairs, promotion abroad, conferences, supply-demand meetings, and the products that took part."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from commerce.persistence.tables.base import Base
from shared.db.tables import Identified, Versioned


class TradeEventRow(Versioned, Base):
    """One event of trade promotion (plan 2023 sections II.2, III.5 and V.2). With `summary` it is held."""

    __tablename__ = "trade_events"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('themed_fair', 'promotion_abroad', 'conference', 'supply_demand_meeting')", name="kind"
        ),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("(sales IS NULL) = (summary IS NULL)", name="result"),
        CheckConstraint("contracts IS NULL OR sales IS NOT NULL", name="contracts_with_result"),
        CheckConstraint("sales >= 0 AND contracts >= 0", name="amounts"),
        Index("trade_events_order", "starts_on", "id"),
        Index("trade_events_search", "folded", postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"}),
    )

    kind: Mapped[str]
    name: Mapped[str]
    place: Mapped[str]
    province_code: Mapped[str]
    """The province whose programme holds the event."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    sales: Mapped[int | None] = mapped_column(BigInteger)
    """Đồng sold at the event."""
    contracts: Mapped[int | None]
    """Contracts signed."""
    summary: Mapped[str | None]
    recorded_by: Mapped[UUID]
    folded: Mapped[str] = mapped_column(
        Computed("translate(vi_fold(name || ' '::text || place), '''', '')", persisted=True)
    )


class TradeEventParticipationRow(Identified, Base):
    """A product shown at an event, with the producer and the certificate it had then."""

    __tablename__ = "trade_event_participations"
    __table_args__ = (
        UniqueConstraint("trade_event_id", "product_id"),
        Index("trade_event_participations_product", "product_id"),
    )

    trade_event_id: Mapped[UUID] = mapped_column(ForeignKey("trade_events.id"))
    product_id: Mapped[UUID]
    producer_id: Mapped[UUID]
    certificate_id: Mapped[UUID]
    recorded_by: Mapped[UUID]
