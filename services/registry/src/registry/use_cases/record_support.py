"""Record support given to a product or a producer (plan 2023 section II)."""

from datetime import date
from uuid import UUID

from registry.domain.places import Place
from registry.domain.product_access import SUPPORTERS, scope_of
from registry.persistence.tables.supports import SupportRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.place_of_codes import place_of_product
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, Text
from shared.ids import new_id

OF_PRODUCTS = ("product_development", "packaging_label")
OF_PRODUCERS = ("organisation_founded", "organisation_upgraded")


async def record_support(
    uow: RegistryUow,
    actor: Actor,
    *,
    kind: str,
    supported_on: date,
    product_id: UUID | None = None,
    producer_id: UUID | None = None,
    note: str | None = None,
) -> SupportRow:
    """Record it once per subject, kind and day. Product kinds name a product, organisation kinds a producer."""
    scope = scope_of(actor, SUPPORTERS)
    if supported_on > await uow.today():
        text = Text("Ngày hỗ trợ ở tương lai", "Supported in the future")
        raise Invalid(faults=[Fault("supported_on", "future", text)])
    if (kind in OF_PRODUCTS) != (product_id is not None) or (kind in OF_PRODUCERS) != (producer_id is not None):
        wanted = "product_id" if kind in OF_PRODUCTS else "producer_id"
        text = Text(f"Loại hỗ trợ này cần đúng {wanted}", f"This kind takes {wanted}, and only that")
        raise Invalid(faults=[Fault(wanted, "subject", text)])
    if product_id is not None:
        product = await uow.products.lock(product_id, scope)
        place, producer_id = place_of_product(product), product.producer_id
    else:
        assert producer_id is not None
        producer, _ = await uow.producers.get(producer_id, scope, scope)
        place = Place(**{name: getattr(producer, name) for name in Place.__slots__})
    support = SupportRow(
        id=new_id(),
        product_id=product_id,
        producer_id=producer_id,
        kind=kind,
        supported_on=supported_on,
        note=note,
        **place.columns(),
    )
    uow.supports.add(support)
    await uow.session.flush()
    return support
