"""How deadlines stand by area: one statement, within the caller's scope."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.access import Scope
from notifier.persistence.obligations import visible_to
from notifier.persistence.tables.fulfilments import Fulfilment
from notifier.persistence.tables.notices import Silence
from notifier.persistence.tables.obligations import Obligation
from shared.contracts.roles import Level
from shared.db.pages import PageRequest, fetch_page

MOST_STANDINGS = 5_000


class RiskRepository:
    """Reads over many duties at once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def standings(
        self, scope: Scope, now: datetime, *, year: int, code: str | None, area: str | None
    ) -> Sequence[Row[Any]]:
        """One row for each area and deadline of a year: counts, progress, first day, last sign of life.

        The area of a commune's duty is what stands above it; of any other, its own unit.
        """
        own = and_(Obligation.level == Level.COMMUNE.value, Obligation.superior_unit_code.is_not(None))
        areas = case((own, Obligation.superior_unit_code), else_=Obligation.unit_code)
        sign = (
            select(func.max(Fulfilment.at))
            .where(Fulfilment.about.in_((Obligation.about, Obligation.unit_code)), Fulfilment.at <= now)
            .correlate(Obligation)
            .scalar_subquery()
        )
        duties = (
            select(Obligation, areas.label("area"), sign.label("sign"))
            .where(visible_to(scope), Obligation.year == year, Obligation.due_on.is_not(None))
            .where(Obligation.state != "waived")
        )
        if code is not None:
            duties = duties.where(Obligation.code == code)
        if area is not None:
            duties = duties.where(areas == area)
        found: Sequence[Row[Any]] = (await self._session.execute(_grouped(duties))).all()
        return found

    async def silence_page(
        self, scope: Scope, page: PageRequest, *, year: int | None, code: str | None
    ) -> tuple[list[tuple[Silence, list[Any]]], str | None]:
        """Reports of silence, newest first, each with the units that the caller may see: a unit below only itself."""
        statement = select(Silence)
        if year is not None:
            statement = statement.where(Silence.year == year)
        if code is not None:
            statement = statement.where(Silence.code == code)
        if not scope.all:
            named = [Silence.units.contains([{"code": unit}]) for unit in sorted(scope.units)]
            statement = statement.where(or_(_stands_above(scope), *named))
        rows, following = await fetch_page(self._session, statement, (Silence.__table__.c.id,), page, descending=True)
        return [(row[0], _seen(row[0], scope)) for row in rows], following


def _stands_above(scope: Scope) -> ColumnElement[bool]:
    """Reports to an office the caller holds, or to the unit whose leadership or secretariat the caller is."""
    office = tuple_(Silence.superior, Silence.superior_unit_code).in_(sorted(scope.offices))
    return or_(office, Silence.superior_unit_code.in_(sorted(scope.units)))


def _seen(row: Silence, scope: Scope) -> list[Any]:
    above = scope.all or (row.superior, row.superior_unit_code) in scope.offices
    if above or row.superior_unit_code in scope.units:
        return row.units
    return [unit for unit in row.units if unit["code"] in scope.units]


def _grouped(duties: Select[Any]) -> Select[Any]:
    d = duties.subquery()
    name = (
        select(func.max(Obligation.unit_name)).where(Obligation.unit_code == d.c.area).scalar_subquery().label("name")
    )
    counts = {state: func.count().filter(d.c.state == state).label(state) for state in ("open", "missed", "met")}
    grouped = (
        select(
            d.c.area,
            d.c.deadline_key,
            d.c.code,
            d.c.due_on,
            func.min(d.c.title).label("title"),
            func.min(d.c.title_en).label("title_en"),
            func.min(d.c.period).label("period"),
            func.count().label("duties"),
            *counts.values(),
            func.sum(d.c.done).label("done"),
            func.sum(d.c.total).label("total"),
            func.min(func.coalesce(d.c.opens_on, func.public.legal_date(d.c.counts_from))).label("starts_on"),
            func.max(d.c.sign).label("last_sign_at"),
        )
        .group_by(d.c.area, d.c.deadline_key, d.c.code, d.c.due_on)
        .order_by(d.c.area, d.c.due_on, d.c.deadline_key)
        .limit(MOST_STANDINGS)
    )
    return grouped.add_columns(name)
