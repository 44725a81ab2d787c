"""What registry's events cause here: projections of products and certificates, and growth measured again.

Each handler is idempotent, and any order of events leads to the same rows: products by revision, certificates by the
union of issue and end.
"""

from commerce.persistence.unit_of_work import CommerceUow
from commerce.tasks.declared import TASKS
from commerce.use_cases.tell_growth import tell_growth
from shared.contracts.registry import CertificateEnded, CertificateIssued, ProductRegistered


@TASKS.on(ProductRegistered)
async def project_product(uow: CommerceUow, event: ProductRegistered) -> None:
    """Know the product and its baseline."""
    await uow.products.lock(event.product_id)
    await uow.products.store_registered(event)
    await tell_growth(uow, event.product_id)


@TASKS.on(CertificateIssued)
async def project_certificate(uow: CommerceUow, event: CertificateIssued) -> None:
    """Know the certificate: the product may be stocked and shown, and growth is counted from its recognition."""
    await uow.products.lock(event.product_id)
    await uow.products.store_issued(event)
    await tell_growth(uow, event.product_id)


@TASKS.on(CertificateEnded)
async def end_certificate(uow: CommerceUow, event: CertificateEnded) -> None:
    """Know that the certificate ended: the product is no longer shown nor accepted."""
    await uow.products.store_ended(event)
