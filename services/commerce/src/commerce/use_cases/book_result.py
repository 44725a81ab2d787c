"""Book the result of a trade event that took place."""

from uuid import UUID

from commerce.domain.access import Scope
from commerce.domain.errors import TradeEventIsHeld
from commerce.persistence.tables.trade_events import TradeEventRow
from commerce.persistence.unit_of_work import CommerceUow
from shared.auth.actors import Actor
from shared.contracts.commerce import TradeEventHeld
from shared.contracts.roles import Role
from shared.errors import Conflict


async def book_result(
    uow: CommerceUow, actor: Actor, trade_event_id: UUID, *, sales: int, contracts: int | None, summary: str
) -> TradeEventRow:
    """Book sales (đồng), contracts and a summary; from now on the event counts as held on its last day.

    Raises NotFound for an event out of reach, TradeEventIsHeld the second time, Conflict before its last day.
    """
    scope = Scope(frozenset(), frozenset(), actor.units(Role.TRADE_OFFICER))
    row = await uow.trade_events.take(scope, trade_event_id, for_change=True)
    if row.summary is not None:
        raise TradeEventIsHeld("Kết quả đã được ghi nhận.", "The result is booked already.", state="held", allowed=[])
    if await uow.today() < row.ends_on:
        raise Conflict(
            "Sự kiện chưa kết thúc.", "The event is not over yet.", state="announced", allowed=["participations"]
        )
    row.sales, row.contracts, row.summary = sales, contracts, summary
    await uow.flush()
    held = await uow.trade_events.get(row.id)
    await uow.audit(str(actor.person_id), "book_result", "trade_event", row.id, {"sales": sales})
    uow.publish(
        TradeEventHeld.model_validate(
            {
                "trade_event_id": row.id,
                "kind": row.kind,
                "name": row.name,
                "province_code": row.province_code,
                "held_on": row.ends_on,
                "exhibitors": held.exhibitors,
                "sales": sales,
                "year": row.ends_on.year,
                "revision": row.version,
            }
        )
    )
    return row
