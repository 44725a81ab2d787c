"""Open an outlet or an OCOP centre."""

from datetime import date
from uuid import UUID

from commerce.domain.access import outlets_to_write
from commerce.domain.outlets import duty_unit, require_commune
from commerce.persistence.tables.outlets import OutletRow
from commerce.persistence.unit_of_work import CommerceUow
from shared.auth.actors import Actor
from shared.contracts.commerce import OutletOpened
from shared.contracts.registry import UnitSummary
from shared.errors import Fault, Forbidden, Invalid, Text
from shared.ids import new_id


async def open_outlet(
    uow: CommerceUow,
    actor: Actor,
    *,
    outlet_id: UUID | None,
    kind: str,
    name: str,
    commune: UnitSummary,
    address: str,
    operator: str,
    opened_on: date,
) -> OutletRow:
    """Record that an outlet opened; it counts for the duty of its district (plan 2023 section II.2).

    `commune` is the commune as it was on `opened_on`. Raises Forbidden outside the person's district or province.
    """
    province_code = require_commune(commune)
    unit_code = duty_unit(commune)
    if not outlets_to_write(actor).covers(unit_code=unit_code, province_code=province_code):
        raise Forbidden(
            f"{commune.full_name} không thuộc địa bàn của bạn.", f"{commune.full_name} is not within your area."
        )
    if opened_on > await uow.today():
        future = Text("Ngày mở cửa chưa tới", "The opening day has not come yet")
        raise Invalid(faults=[Fault("opened_on", "future", future)])
    row = OutletRow(
        id=outlet_id or new_id(),
        kind=kind,
        name=name,
        commune_code=commune.code,
        commune_name=commune.full_name,
        address=address,
        operator=operator,
        unit_code=unit_code,
        province_code=province_code,
        opened_on=opened_on,
        recorded_by=actor.person_id,
    )
    await uow.outlets.add(row)
    await uow.audit(str(actor.person_id), "open_outlet", "outlet", row.id, {"name": name, "unit_code": unit_code})
    uow.publish(
        OutletOpened(
            outlet_id=row.id,
            name=name,
            commune_code=commune.code,
            unit_code=unit_code,
            province_code=province_code,
            opened_on=opened_on,
            year=opened_on.year,
            revision=row.version,
        )
    )
    return row
