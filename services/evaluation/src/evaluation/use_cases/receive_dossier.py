"""A unit numbers the registration slip of a dossier it received, or voids a wrong number (Form 01)."""

from datetime import date
from uuid import UUID

from evaluation.domain.access import OFFICERS, require_unit
from evaluation.domain.commune_errors import AlreadyReceived, NoSlipNumber
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.tables.commune_steps import RegistrationReceiptRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.level_offices import in_hand
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.errors import Conflict, Fault, Invalid, NotFound, Text


async def receive_dossier(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, level: Level, received_on: date | None, receiver: str | None
) -> RegistrationReceiptRow:
    """Number the slip in the unit's series of the year; commune and provincial agency keep one each.

    `received_on` defaults to today and lies between filing and today; `receiver` to the caller's name. Raises
    NotFound, Forbidden, Conflict for a draft or a level the dossier did not reach, NoSlipNumber where the ruleset
    prescribes no slip, AlreadyReceived while a slip of the level is in force.
    """
    dossier = await in_hand(uow, actor, dossier_id, lock=True)
    unit = unit_at(level, dossier)
    require_unit(actor, OFFICERS[level], None if unit is None else unit.code)
    assert unit is not None
    ruleset = await uow.rules.ruleset(dossier.ruleset_id)
    if ruleset.registration_slip is None:
        raise NoSlipNumber(
            f"{ruleset.decision} không quy định số phiếu đăng ký.",
            f"{ruleset.id} prescribes no number for registration slips.",
            rule=ruleset.decision,
        )
    if level.value not in dossier.reached:
        raise Conflict(
            "Hồ sơ chưa tới cấp này.",
            "The dossier has not come to this level.",
            state=dossier.state,
            level=dossier.level,
        )
    valid = [
        slip for slip in await uow.commune_steps.receipts(dossier.id) if slip.level == level and not slip.voided_on
    ]
    if valid:
        raise AlreadyReceived(
            f"Hồ sơ đã có phiếu số {valid[0].number}; hủy phiếu đó trước khi cấp số mới.",
            f"The dossier has slip {valid[0].number}; void it before giving another number.",
            rule=ruleset.registration_slip.ref,
            number=valid[0].number,
        )
    today = await uow.today()
    day = received_on or today
    assert dossier.filed_on is not None
    if not dossier.filed_on <= day <= today:
        text = Text(
            f"ngày nhận phải từ ngày nộp {dossier.filed_on:%d/%m/%Y} đến hôm nay",
            f"the day lies between the filing on {dossier.filed_on.isoformat()} and today",
        )
        raise Invalid(faults=[Fault("received_on", "not_allowed", text)])
    seq = await uow.commune_steps.next_number(level, unit.code, day.year)
    row = RegistrationReceiptRow(
        dossier_id=dossier.id,
        level=level,
        unit_code=unit.code,
        year=day.year,
        seq=seq,
        number=ruleset.registration_slip.pattern.format(
            seq=f"{seq:02d}", province=dossier.province_code, commune=dossier.commune_code, year=day.year
        ),
        received_on=day,
        received_by=actor.person_id,
        receiver=receiver or actor.name,
    )
    uow.commune_steps.add(row)
    await uow.flush()
    await uow.audit(str(actor.person_id), "dossier_received", "dossier", dossier.id, {"number": row.number})
    return row


async def void_receipt(uow: EvaluationUow, actor: Actor, receipt_id: UUID, reason: str) -> RegistrationReceiptRow:
    """Void a slip; its number stays used and is listed. Raises NotFound, Forbidden, Conflict when it is void."""
    row = await uow.commune_steps.receipt(receipt_id)
    if not any(row.unit_code in actor.units(role) for role in OFFICERS.values()):
        raise NotFound()
    require_unit(actor, OFFICERS[Level(row.level)], row.unit_code)
    if row.voided_on is not None:
        raise Conflict(
            f"Phiếu số {row.number} đã hủy ngày {row.voided_on:%d/%m/%Y}.",
            f"Slip {row.number} was voided on {row.voided_on.isoformat()}.",
            state="voided",
            allowed=[],
        )
    row.voided_on, row.voided_by, row.void_reason = await uow.today(), actor.person_id, reason
    await uow.flush()
    await uow.audit(
        str(actor.person_id), "receipt_voided", "dossier", row.dossier_id, {"number": row.number, "reason": reason}
    )
    return row
