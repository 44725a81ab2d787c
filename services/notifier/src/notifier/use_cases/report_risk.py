"""Tell superiors once a week which of their deadlines are at risk, where the policy asks for it."""

from typing import Any
from uuid import UUID

from notifier.domain.access import Scope
from notifier.domain.risk import Light
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.read_risk import RiskLine, read_risk

TOLD = frozenset({Light.AMBER, Light.RED, Light.MISSED})


async def report_risk(uow: NotifierUow) -> None:
    """Make the reports that are due this week and their notices."""
    now, today = await uow.now(), await uow.today()
    reports: list[dict[str, Any]] = []
    for due in await uow.risk_reports.due(now, today):
        office = frozenset({(due.superior, due.superior_unit_code)})
        scope = Scope(all=False, person_id=UUID(int=0), units=frozenset(), producers=frozenset(), offices=office)
        lines = [_told(line) for line in await read_risk(uow, scope, year=today.year) if line.forecast.light in TOLD]
        reports.append({**due._mapping, "lines": lines})
    if reports:
        await uow.risk_reports.add(reports, now)
    await uow.risk_reports.make_notices(now, today)


def _told(line: RiskLine) -> dict[str, Any]:
    row = line.row
    return {
        "area": row.area,
        "area_name": row.name or row.area,
        "title": row.title,
        "title_en": row.title_en,
        "due_on": row.due_on,
        "days_left": line.days_left,
        "light": line.forecast.light,
        "done": row.done,
        "total": row.total,
    }
