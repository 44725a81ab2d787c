"""What commerce tells."""

from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.record_deed import record_deed, withdraw_outlet
from shared.contracts.commerce import GrowthMeasured, OutletClosed, OutletOpened, TradeEventHeld


@TASKS.on(OutletOpened)
async def on_outlet_opened(uow: NotifierUow, event: OutletOpened) -> None:
    """The unit has an outlet. No year: one that was there before the plan is one all the same."""
    await record_deed(
        uow,
        event,
        item=event.outlet_id,
        about=(event.unit_code,),
        on=event.opened_on,
        revision=event.revision,
    )


@TASKS.on(OutletClosed)
async def on_outlet_closed(uow: NotifierUow, event: OutletClosed) -> None:
    """And has it no longer."""
    await withdraw_outlet(uow, event)


@TASKS.on(TradeEventHeld)
async def on_trade_event_held(uow: NotifierUow, event: TradeEventHeld) -> None:
    """A duty named like the kind of event is met by it."""
    await record_deed(
        uow,
        event,
        item=event.trade_event_id,
        about=(event.province_code,),
        on=event.held_on,
        year=event.year,
        code=event.kind,
        revision=event.revision,
    )


@TASKS.on(GrowthMeasured)
async def on_growth_measured(uow: NotifierUow, event: GrowthMeasured) -> None:
    """The producer has reported the figures of the year after recognition. Its year is the recognition's: not asked."""
    await record_deed(uow, event, item=event.figures_id, about=(event.product_id,), revision=event.revision)
