"""Close an outlet, with the reason."""

from datetime import date
from uuid import UUID

from commerce.domain.access import outlets_to_write
from commerce.domain.outlets import refuse_closed
from commerce.persistence.tables.outlets import OutletRow
from commerce.persistence.unit_of_work import CommerceUow
from shared.auth.actors import Actor
from shared.contracts.commerce import OutletClosed
from shared.errors import Fault, Invalid, Text


async def close_outlet(uow: CommerceUow, actor: Actor, outlet_id: UUID, *, closed_on: date, reason: str) -> OutletRow:
    """Record that an outlet closed: it no longer counts for its unit, and shows no product.

    Raises NotFound out of reach, OutletIsClosed, Invalid for a day before the opening or not yet come.
    """
    row = await uow.outlets.take(outlets_to_write(actor), outlet_id, for_change=True)
    refuse_closed(closed=row.closed_on is not None)
    if not row.opened_on <= closed_on <= await uow.today():
        days = Text("Ngày đóng cửa phải từ ngày mở cửa đến hôm nay", "It closes between its opening day and today")
        raise Invalid(faults=[Fault("closed_on", "range", days)])
    row.closed_on, row.closing_reason = closed_on, reason
    await uow.flush()
    await uow.audit(
        str(actor.person_id), "close_outlet", "outlet", row.id, {"closed_on": closed_on.isoformat(), "reason": reason}
    )
    uow.publish(
        OutletClosed(
            outlet_id=row.id,
            unit_code=row.unit_code,
            closed_on=closed_on,
            reason=reason,
            revision=row.version,
        )
    )
    return row
