"""A certificate whose renewal was filed late is kept until the result (26/2026 Art. 12.3)."""

from datetime import timedelta

from registry.domain.product_access import Scope
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.register_product import touch
from registry.use_cases.write_certificate import end_certificate, holding_of
from shared.clock import legal_date
from shared.contracts.evaluation import DossierFiled, DossierWithdrawn, ResultReleased


async def keep_certificate(uow: RegistryUow, event: DossierFiled) -> None:
    """Keep the product's certificate that held on the day of filing, at most to the day the event names.

    One that expired meanwhile by the clock, because the event came late, holds again: it never truly ended.
    """
    if event.certificate_kept_to is None:
        return
    product = await uow.products.lock(event.product_id, Scope(everything=True))
    for row in await uow.certificates.of_product(product.id):
        expired = row.ended_reason == "expired" and row.kept_to is None
        if row.kept_to is not None or not row.issued_on <= event.filed_on <= row.valid_to:
            continue
        if row.ended_on is not None and not expired:
            continue
        row.kept_to, row.kept_for = max(event.certificate_kept_to, row.valid_to), event.dossier_id
        if expired:
            row.ended_on, row.ended_reason = None, None
        await touch(uow, product)


async def let_go_certificate(uow: RegistryUow, event: ResultReleased | DossierWithdrawn) -> None:
    """The renewal ended without a star: what was kept for it ends that day, or on its printed last day if later."""
    if isinstance(event, ResultReleased) and event.outcome != "not_recognised":
        return
    certificate_id = await uow.certificates.kept_for(event.dossier_id)
    row = certificate_id and await uow.certificates.lock(certificate_id)
    if not row:
        return
    day = legal_date(uow.caused_at or await uow.now())
    if day <= row.valid_to:
        row.kept_to, row.kept_for = None, None
    elif day < holding_of(row).until:
        end_certificate(uow, row, max(day, row.valid_to + timedelta(days=1)), "expired")
    await touch(uow, await uow.products.lock(row.product_id, Scope(everything=True)))
