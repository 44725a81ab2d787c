"""Put a product into an outlet's stock."""

from uuid import UUID

from commerce.domain.access import outlets_to_write
from commerce.domain.errors import AlreadyThere, NoLiveCertificate
from commerce.domain.outlets import refuse_closed
from commerce.persistence.tables.outlets import OutletStockRow
from commerce.persistence.unit_of_work import CommerceUow
from shared.auth.actors import Actor


async def stock_product(uow: CommerceUow, actor: Actor, outlet_id: UUID, product_id: UUID) -> None:
    """Record that an open outlet stocks a product with a live certificate, of any district (plan 2023 section II.2).

    Raises NotFound for an outlet out of reach, NoLiveCertificate, OutletIsClosed, AlreadyThere.
    """
    outlet = await uow.outlets.take(outlets_to_write(actor), outlet_id, for_change=False)
    refuse_closed(closed=outlet.closed_on is not None)
    today = await uow.today()
    if await uow.products.live_certificate(product_id, today) is None:
        raise NoLiveCertificate(
            "Chỉ sản phẩm có giấy chứng nhận OCOP còn hiệu lực mới được bày bán tại điểm bán hàng OCOP.",
            "Only products with a live OCOP certificate are stocked by an OCOP outlet.",
            rule="plan-2023 II.2",
        )
    stocked = await uow.outlets.add_stock(
        OutletStockRow(outlet_id=outlet.id, product_id=product_id, stocked_on=today, recorded_by=actor.person_id)
    )
    if not stocked:
        raise AlreadyThere("Sản phẩm này đã có tại điểm bán hàng.", "The outlet stocks this product already.")
