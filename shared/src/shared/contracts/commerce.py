"""Events that commerce tells."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.base import Event

TradeEventKind = Literal["themed_fair", "promotion_abroad", "conference", "supply_demand_meeting"]


class OutletOpened(Event):
    """An outlet or OCOP centre opened (plan 2023 section II.2: at least one in each district)."""

    type: ClassVar[str] = "commerce.outlet_opened"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    outlet_id: UUID
    name: str
    commune_code: str
    unit_code: str
    """The unit that has the duty to have an outlet: the district while there are districts."""
    province_code: str
    opened_on: date
    year: int
    revision: int


class OutletClosed(Event):
    """An outlet closed, with the reason."""

    type: ClassVar[str] = "commerce.outlet_closed"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    outlet_id: UUID
    unit_code: str
    closed_on: date
    reason: str
    revision: int


class TradeEventHeld(Event):
    """A fair, promotion abroad or conference took place, with its result."""

    type: ClassVar[str] = "commerce.trade_event_held"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    trade_event_id: UUID
    kind: TradeEventKind
    name: str
    province_code: str
    held_on: date
    exhibitors: int
    sales: int
    """Sales at the event in đồng."""
    year: int
    revision: int


class GrowthMeasured(Event):
    """Revenue and profit of a product in the 12 months after recognition against its baseline.

    Ratios are exact fractions such as "3/2"; None where the baseline is zero and a ratio has no meaning.
    """

    type: ClassVar[str] = "commerce.growth_measured"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    figures_id: UUID
    product_id: UUID
    period_from: date
    period_to: date
    revenue: int
    profit: int
    revenue_ratio: str | None
    profit_ratio: str | None
    district_code: str | None
    province_code: str
    year: int
    revision: int
