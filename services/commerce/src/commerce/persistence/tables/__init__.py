"""Tables of the commerce schema. Every module with rows is imported here, so that Alembic sees all."""

from commerce.persistence.tables.base import Base
from commerce.persistence.tables.figures import FiguresRow, GrowthMeasurementRow
from commerce.persistence.tables.outlets import OutletRow, OutletStockRow
from commerce.persistence.tables.projections import CertificateProjection, ProductProjection
from commerce.persistence.tables.trade_events import TradeEventParticipationRow, TradeEventRow

__all__ = [
    "Base",
    "CertificateProjection",
    "FiguresRow",
    "GrowthMeasurementRow",
    "OutletRow",
    "OutletStockRow",
    "ProductProjection",
    "TradeEventParticipationRow",
    "TradeEventRow",
]
