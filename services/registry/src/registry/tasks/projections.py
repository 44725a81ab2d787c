"""What other services tell, kept for the board."""

from registry.persistence.unit_of_work import RegistryUow
from registry.tasks.declared import TASKS
from registry.use_cases.keep_certificate import keep_certificate, let_go_certificate
from shared.contracts.commerce import GrowthMeasured, OutletClosed, OutletOpened, TradeEventHeld
from shared.contracts.evaluation import DossierFiled, DossierForwarded, ResultReleased
from shared.contracts.notifier import ObligationLifted, ObligationMet, ObligationMissed


@TASKS.on(OutletOpened)
async def note_outlet_opened(uow: RegistryUow, event: OutletOpened) -> None:
    """An outlet opened."""
    await uow.projections.outlet_opened(event)


@TASKS.on(OutletClosed)
async def note_outlet_closed(uow: RegistryUow, event: OutletClosed) -> None:
    """An outlet closed."""
    await uow.projections.outlet_closed(event)


@TASKS.on(TradeEventHeld)
async def note_trade_event(uow: RegistryUow, event: TradeEventHeld) -> None:
    """A fair, promotion or conference was held."""
    await uow.projections.trade_event_held(event)


@TASKS.on(GrowthMeasured)
async def note_growth(uow: RegistryUow, event: GrowthMeasured) -> None:
    """Figures after recognition came in."""
    await uow.projections.growth_measured(event)


@TASKS.on(ObligationMissed)
async def note_missed(uow: RegistryUow, event: ObligationMissed) -> None:
    """A unit sent nothing by its deadline."""
    await uow.projections.obligation_missed(event)


@TASKS.on(ObligationLifted)
async def note_lifted(uow: RegistryUow, event: ObligationLifted) -> None:
    """A unit's duty was waived or moved."""
    await uow.projections.obligation_lifted(event)


@TASKS.on(ObligationMet)
async def note_met(uow: RegistryUow, event: ObligationMet) -> None:
    """A unit met its duty."""
    await uow.projections.obligation_met(event)


@TASKS.on(DossierFiled)
async def note_filed(uow: RegistryUow, event: DossierFiled) -> None:
    """A dossier was filed; a late renewal keeps its certificate."""
    await uow.projections.dossier_filed(event)
    await keep_certificate(uow, event)


@TASKS.on(DossierForwarded)
async def note_forwarded(uow: RegistryUow, event: DossierForwarded) -> None:
    """A dossier went up a level."""
    await uow.projections.dossier_forwarded(event)


@TASKS.on(ResultReleased)
async def note_released(uow: RegistryUow, event: ResultReleased) -> None:
    """A level's result is known; a certificate kept for it is kept no longer when no star follows."""
    await uow.projections.result_released(event)
    await let_go_certificate(uow, event)
