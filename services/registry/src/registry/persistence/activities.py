"""All SQL of trainings and of units' reports."""

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from sqlalchemy import false, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.access import READS_ALL_REPORTS, REPORTS_FOR_UNIT
from registry.persistence.tables.people import PersonRow
from registry.persistence.tables.plans import TrainedPersonRow, TrainedProducerRow, TrainingRow, UnitReportRow
from registry.persistence.tables.producers import ProducerRow
from registry.persistence.tables.units import UnitRow
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.db.pages import PageRequest, fetch_page


class Trainings:
    """Trainings that were held."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def unknown(self, people: Sequence[UUID], producers: Sequence[UUID]) -> tuple[set[UUID], set[UUID]]:
        """People and producers that registry does not know."""
        known = set(await self._session.scalars(select(PersonRow.id).where(PersonRow.id.in_(people))))
        there = set(await self._session.scalars(select(ProducerRow.id).where(ProducerRow.id.in_(producers))))
        return set(people) - known, set(producers) - there

    async def add(self, row: TrainingRow, people: Sequence[UUID], producers: Sequence[UUID]) -> None:
        """Insert a training with who took part."""
        self._session.add(row)
        await self._session.flush()
        if people:
            entries = [{"training_id": row.id, "person_id": one} for one in dict.fromkeys(people)]
            await self._session.execute(insert(TrainedPersonRow), entries)
        if producers:
            given = [{"training_id": row.id, "producer_id": one} for one in dict.fromkeys(producers)]
            await self._session.execute(insert(TrainedProducerRow), given)

    async def page(self, page: PageRequest, *, year: int | None, kind: str | None) -> tuple[list[Any], str | None]:
        """Trainings with how many took part, oldest first."""
        people = (
            select(func.count(TrainedPersonRow.person_id))
            .where(TrainedPersonRow.training_id == TrainingRow.id)
            .scalar_subquery()
        )
        producers = (
            select(func.count(TrainedProducerRow.producer_id))
            .where(TrainedProducerRow.training_id == TrainingRow.id)
            .scalar_subquery()
        )
        statement: Any = select(TrainingRow, people.label("people"), producers.label("producers"))
        if year is not None:
            statement = statement.where(func.extract("year", TrainingRow.held_on) == year)
        if kind is not None:
            statement = statement.where(TrainingRow.kind == kind)
        return await fetch_page(self._session, statement, [TrainingRow.__table__.c.id], page)


class UnitReports:
    """Reports of units, read within the caller's scope."""

    def __init__(self, session: AsyncSession, scope: Any = None) -> None:
        self._session = session
        self._scope = scope if scope is not None else false()

    def visible_to(self, actor: Actor) -> Self:
        """All for the province's, auditor's and national roles; else those of one's unit and the units below it."""
        if actor.has(*READS_ALL_REPORTS):
            return type(self)(self._session, true())
        units = actor.units(*REPORTS_FOR_UNIT, Role.DISTRICT_CHAIR)
        below = select(UnitRow.code).where(UnitRow.parent_code.in_(units))
        return type(self)(self._session, or_(UnitReportRow.unit_code.in_(units), UnitReportRow.unit_code.in_(below)))

    def add(self, row: UnitReportRow) -> None:
        """Insert with the transaction."""
        self._session.add(row)

    async def page(
        self, page: PageRequest, *, year: int | None, unit_code: str | None, code: str | None
    ) -> tuple[list[UnitReportRow], str | None]:
        """Reports, oldest first."""
        statement: Any = select(UnitReportRow).where(self._scope)
        for column, value in (
            (UnitReportRow.year, year),
            (UnitReportRow.unit_code, unit_code),
            (UnitReportRow.code, code),
        ):
            if value is not None:
                statement = statement.where(column == value)
        rows, following = await fetch_page(self._session, statement, [UnitReportRow.__table__.c.id], page)
        return [row[0] for row in rows], following
