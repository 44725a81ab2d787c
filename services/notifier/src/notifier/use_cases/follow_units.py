"""The commune of a producer merged: what is still owed is known, and told, where it belongs today."""

from datetime import date

from notifier.domain.duties import DutyKind
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.set_duties import duty_kinds
from shared.contracts.registry import UnitSummary
from shared.contracts.roles import Level, Role


async def follow_unit(uow: NotifierUow, code: str, on: date, unit: UnitSummary) -> int:
    """Give the outstanding duties of producers of the unit called `code` on a day to what it is today.

    Returns how many moved; reminders not yet made go to the officials of the new unit.
    """
    above = {kind.code: _above(kind, unit) for kind in duty_kinds().values() if kind.responsible is Role.PRODUCER}
    return await uow.duty_units.confirm(code, on, unit.code, above, await uow.today())


async def leave_unit(uow: NotifierUow, code: str, on: date) -> None:
    """Registry names no single successor: the duties stay where they are, and are not asked about again."""
    await uow.duty_units.leave(code, on)


def _above(kind: DutyKind, unit: UnitSummary) -> tuple[Role | None, str]:
    """The office above a producer of the commune: the district where there is one and the kind names it."""
    if unit.district_code and Level.DISTRICT in kind.superiors:
        return kind.superiors[Level.DISTRICT], unit.district_code
    return kind.superiors.get(Level.COMMUNE), unit.code
