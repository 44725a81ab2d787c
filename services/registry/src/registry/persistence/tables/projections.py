"""What registry keeps of other services' events, to show it on the board. The owners are those services."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base


class OutletProjection(Base):
    """An outlet of commerce. Opening and closing may arrive in either order; each has its revision."""

    __tablename__ = "outlet_projection"
    __table_args__ = (Index("outlet_projection_province", "province_code", "unit_code"),)

    outlet_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    commune_code: Mapped[str | None]
    unit_code: Mapped[str]
    province_code: Mapped[str | None]
    opened_on: Mapped[date | None]
    opened_revision: Mapped[int]
    closed_on: Mapped[date | None]
    closed_revision: Mapped[int]


class TradeEventProjection(Base):
    """A fair, promotion or conference that was held."""

    __tablename__ = "trade_event_projection"
    __table_args__ = (Index("trade_event_projection_year", "year", "province_code"),)

    trade_event_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    province_code: Mapped[str]
    held_on: Mapped[date]
    exhibitors: Mapped[int]
    sales: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int]
    revision: Mapped[int]


class GrowthProjection(Base):
    """Figures of a product after recognition."""

    __tablename__ = "growth_projection"
    __table_args__ = (Index("growth_projection_product", "product_id"),)

    figures_id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID]
    period_from: Mapped[date]
    period_to: Mapped[date]
    revenue: Mapped[int] = mapped_column(BigInteger)
    profit: Mapped[int] = mapped_column(BigInteger)
    revenue_ratio: Mapped[str | None]
    profit_ratio: Mapped[str | None]
    district_code: Mapped[str | None]
    province_code: Mapped[str]
    year: Mapped[int]
    revision: Mapped[int]


class ObligationProjection(Base):
    """How a unit's duty stands, as the notifier says. Met stays met; else the highest `revision` stands."""

    __tablename__ = "obligation_projection"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'missed', 'waived', 'met')", name="state"),
        Index("obligation_projection_duty", "year", "code", "period", "unit_code"),
    )

    obligation_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    period: Mapped[str]
    unit_code: Mapped[str]
    year: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[str]
    met_on: Mapped[date | None]
    late: Mapped[bool]
    revision: Mapped[int] = mapped_column(server_default=text("0"))


class DossierProjection(Base):
    """How far a dossier came: filed, forwarded (level → mean), results (level → star). Facts only add up."""

    __tablename__ = "dossier_projection"
    __table_args__ = (Index("dossier_projection_year", "year", "province_code"),)

    dossier_id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID]
    year: Mapped[int]
    commune_code: Mapped[str | None]
    district_code: Mapped[str | None]
    province_code: Mapped[str]
    kind: Mapped[str | None]
    ruleset: Mapped[str | None]
    filed_on: Mapped[date | None]
    forwarded: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    results: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
