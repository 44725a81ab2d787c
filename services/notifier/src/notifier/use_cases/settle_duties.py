"""Bring the state of duties to what happened, and tell what was met or missed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from notifier.persistence.tables.obligations import Obligation
from notifier.persistence.unit_of_work import NotifierUow
from shared.clock import legal_date
from shared.contracts.notifier import ObligationLifted, ObligationMet, ObligationMissed


async def settle_duties(uow: NotifierUow) -> bool:
    """Apply what is new; each unit's duty that is now met, or met otherwise than was told before, is told, and so is
    one that was told as missed and is so no longer.

    Returns whether all that is known is applied: only then may anybody be reminded or called silent. False while
    another process settles, or when there was more than one transaction should take.
    """
    if not await uow.settlement.alone():
        return False
    rows, complete = await uow.settlement.settle(await uow.now())
    for row in rows:
        told_before = row.state_before == "met" and row.late_before == row.late
        if row.state == "met" and not told_before and is_told(row):
            uow.publish(
                ObligationMet(
                    obligation_id=row.id,
                    code=row.code,
                    period=row.period,
                    unit_code=row.unit_code,
                    due_on=row.due_on,
                    met_on=legal_date(row.met_at),
                    late=row.late,
                    year=row.year,
                )
            )
        elif row.told_missed and row.state != "missed":
            uow.publish(lifted(row))
    return complete


async def miss_deadlines(uow: NotifierUow) -> None:
    """Mark what was not met by its deadline, report each deadline's silent units to their superior.

    Deeds that are known are applied first, so that nobody is called silent whose result was here.
    """
    if not await settle_duties(uow):
        return
    now = await uow.now()
    _tell_missed(uow, await uow.settlement.miss(now))
    await uow.silences.report(now)
    await uow.silences.make_notices(now, await uow.today())


def _tell_missed(uow: NotifierUow, rows: Sequence[Row[Any]]) -> None:
    for row in rows:
        if is_told(row):
            uow.publish(
                ObligationMissed(
                    obligation_id=row.id,
                    code=row.code,
                    period=row.period,
                    unit_code=row.unit_code,
                    due_on=row.due_on,
                    year=row.year,
                    revision=row.version,
                )
            )


def lifted(duty: Obligation | Row[Any]) -> ObligationLifted:
    """What others are told of a unit's duty that was waived or moved."""
    return ObligationLifted(
        obligation_id=duty.id,
        code=duty.code,
        period=duty.period,
        unit_code=duty.unit_code,
        due_on=duty.due_on,
        year=duty.year,
        because="waived" if duty.state == "waived" else "moved",
        revision=duty.version,
    )


def is_told(row: Obligation | Row[Any]) -> bool:
    """Only duties of units with a deadline concern others; those of single persons stay here."""
    return row.due_on is not None and row.person_id is None and row.producer_id is None
