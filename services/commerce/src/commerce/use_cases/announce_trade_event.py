"""Announce a fair, a promotion abroad, a conference or a supply-demand meeting."""

from datetime import date

from commerce.domain.access import RECORDS_TRADE_EVENTS
from commerce.persistence.tables.trade_events import TradeEventRow
from commerce.persistence.unit_of_work import CommerceUow
from shared.auth.actors import Actor
from shared.contracts.commerce import TradeEventKind
from shared.errors import Fault, Forbidden, Invalid, Text


async def announce_trade_event(
    uow: CommerceUow,
    actor: Actor,
    *,
    kind: TradeEventKind,
    name: str,
    place: str,
    starts_on: date,
    ends_on: date,
    province_code: str | None,
) -> TradeEventRow:
    """Announce an event of a province (plan 2023 sections II.2 and V.2).

    `province_code` may be left out by who serves one province. Raises Forbidden for another's, Invalid for days in
    the wrong order.
    """
    provinces = actor.units(*RECORDS_TRADE_EVENTS)
    if province_code is None and len(provinces) == 1:
        (province_code,) = provinces
    if province_code is None:
        needed = Text("Bạn phụ trách nhiều tỉnh: nêu rõ tỉnh", "You serve several provinces: say which")
        raise Invalid(faults=[Fault("province_code", "missing", needed)])
    if province_code not in provinces:
        raise Forbidden("Tỉnh này không thuộc phạm vi của bạn.", "This province is not within your appointment.")
    if ends_on < starts_on:
        order = Text("Ngày kết thúc phải từ ngày bắt đầu trở đi", "It ends on its first day or later")
        raise Invalid(faults=[Fault("ends_on", "range", order)])
    row = TradeEventRow(
        kind=kind,
        name=name,
        place=place,
        province_code=province_code,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by=actor.person_id,
    )
    await uow.trade_events.add(row)
    await uow.audit(str(actor.person_id), "announce_trade_event", "trade_event", row.id, {"kind": kind, "name": name})
    return row
