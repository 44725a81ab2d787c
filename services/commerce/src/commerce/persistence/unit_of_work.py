"""The transaction of commerce, with its repositories."""

from functools import cached_property

from commerce.persistence.figures import Figures
from commerce.persistence.outlets import Outlets
from commerce.persistence.products import Products
from commerce.persistence.trade_events import TradeEvents
from shared.db.unit_of_work import UnitOfWork


class CommerceUow(UnitOfWork):
    """One transaction on the commerce schema."""

    @cached_property
    def outlets(self) -> Outlets:
        """Outlets and their stock."""
        return Outlets(self.session)

    @cached_property
    def trade_events(self) -> TradeEvents:
        """Fairs, promotion abroad, conferences, meetings."""
        return TradeEvents(self.session)

    @cached_property
    def figures(self) -> Figures:
        """Revenue and profit, and growth."""
        return Figures(self.session)

    @cached_property
    def products(self) -> Products:
        """Registry's products and certificates as known here."""
        return Products(self.session)
