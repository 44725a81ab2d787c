"""Let a product take part in a trade event."""

from uuid import UUID

from commerce.domain.access import Scope
from commerce.domain.errors import AlreadyThere, NoLiveCertificate, TradeEventIsHeld
from commerce.persistence.tables.trade_events import TradeEventParticipationRow
from commerce.persistence.unit_of_work import CommerceUow
from shared.auth.actors import Actor
from shared.contracts.roles import Role


async def add_participation(uow: CommerceUow, actor: Actor, trade_event_id: UUID, product_id: UUID) -> None:
    """Record that a product with a certificate live on the event's first day takes part (plan 2023 section III.5).

    Raises NotFound for an event out of reach, NoLiveCertificate, TradeEventIsHeld, AlreadyThere.
    """
    scope = Scope(frozenset(), frozenset(), actor.units(Role.TRADE_OFFICER))
    event = await uow.trade_events.take(scope, trade_event_id, for_change=False)
    if event.summary is not None:
        raise TradeEventIsHeld(
            "Sự kiện đã có kết quả, không thêm sản phẩm được nữa.",
            "The event's result is booked; no product can join any more.",
            state="held",
            allowed=[],
        )
    certificate = await uow.products.live_certificate(product_id, event.starts_on)
    if certificate is None:
        raise NoLiveCertificate(
            "Sản phẩm không có giấy chứng nhận OCOP còn hiệu lực vào ngày khai mạc.",
            "The product has no OCOP certificate that is live on the event's first day.",
            rule="plan-2023 III.5",
        )
    joined = await uow.trade_events.add_participation(
        TradeEventParticipationRow(
            trade_event_id=event.id,
            product_id=product_id,
            producer_id=certificate.producer_id,
            certificate_id=certificate.certificate_id,
            recorded_by=actor.person_id,
        )
    )
    if not joined:
        raise AlreadyThere("Sản phẩm này đã tham gia sự kiện.", "This product takes part already.")
