"""Where deadlines are at risk, by area."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Row

from notifier.data import read_json
from notifier.domain.access import Scope
from notifier.domain.risk import EVERY_CODE, Forecast, RiskRule, Standing, forecast, read_risk_rules
from notifier.persistence.unit_of_work import NotifierUow


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One deadline of one area, with its forecast."""

    row: Row[Any]
    forecast: Forecast
    days_left: int


@cache
def risk_rules() -> dict[str, RiskRule]:
    """The shipped thresholds, by code."""
    return read_risk_rules(read_json("risk-rules.json"))


async def read_risk(
    uow: NotifierUow, scope: Scope, *, year: int, code: str | None = None, area: str | None = None
) -> list[RiskLine]:
    """Every deadline of the year within the scope, by area and due date."""
    today = await uow.today()
    rows = await uow.risks.standings(scope, await uow.now(), year=year, code=code, area=area)
    return [_line(row, today) for row in rows]


def _line(row: Row[Any], today: date) -> RiskLine:
    rules = risk_rules()
    standing = Standing(row.duties, row.open, row.missed, row.done, row.total, row.starts_on, row.due_on)
    return RiskLine(row, forecast(standing, rules.get(row.code, rules[EVERY_CODE]), today), (row.due_on - today).days)
