"""A unit sends its periodic report, or records its review meeting."""

from registry.domain.access import REPORTS_FOR_UNIT, acts_for
from registry.persistence.tables.plans import UnitReportRow
from registry.persistence.unit_of_work import RegistryUow
from shared.auth.actors import Actor
from shared.contracts.registry import UnitReportSubmitted
from shared.errors import Fault, Forbidden, Invalid, Text
from shared.ids import new_id


async def submit_unit_report(
    uow: RegistryUow, actor: Actor, *, unit_code: str, year: int, code: str, period: str, summary: str
) -> UnitReportRow:
    """Store it and tell the notifier, whose duty it meets (plan 2023 III.2, V.11).

    Raises Forbidden for another unit, Invalid for a period of another year; the database refuses a second one.
    """
    if not period.startswith(str(year)):
        raise Invalid(faults=[Fault("period", "year", Text("Kỳ không thuộc năm này", "Not a period of this year"))])
    if not acts_for(actor, unit_code, REPORTS_FOR_UNIT):
        raise Forbidden("Chỉ báo cáo cho đơn vị của mình.", "You report for your own unit only.")
    today = await uow.today()
    province = await uow.units.province_of(unit_code, today)
    if province is None:
        text = Text("Đơn vị không còn vào ngày này", "There is no such unit today")
        raise Invalid(faults=[Fault("unit_code", "unknown_unit", text)])
    row = UnitReportRow(
        id=new_id(),
        unit_code=unit_code,
        province_code=province,
        year=year,
        code=code,
        period=period,
        summary=summary,
        submitted_on=today,
        submitted_by=actor.person_id,
    )
    uow.unit_reports.add(row)
    await uow.flush()
    uow.publish(UnitReportSubmitted(report_id=row.id, unit_code=unit_code, year=year, period=period, code=code))
    return row
