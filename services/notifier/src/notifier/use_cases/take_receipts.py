"""Take what a provider says later of notices it was given."""

from collections.abc import Sequence

from notifier.domain.receipts import Receipt
from notifier.persistence.unit_of_work import NotifierUow


async def take_receipts(uow: NotifierUow, channel: str, receipts: Sequence[Receipt]) -> int:
    """Keep and apply them, in any order and however often; returns how many speak of notices of this channel."""
    return await uow.receipts.keep(channel, receipts) if receipts else 0
