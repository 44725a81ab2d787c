"""All SQL of recomputations."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.tables.decisions import CorrectionRow, DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.recomputations import RecomputationFindingRow, RecomputationRow
from evaluation.persistence.tables.results import ResultRow
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

OVERSEERS = (Role.AUDITOR, Role.PROVINCE_SECRETARY)
"""Who starts a recomputation of a province's results and reads what it found."""


class RecomputationRepository:
    """Recomputations and their findings, of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def running(self, province_code: str) -> UUID | None:
        """The recomputation of the province that is not finished."""
        statement = select(RecomputationRow.id).where(
            RecomputationRow.province_code == province_code, RecomputationRow.finished_at.is_(None)
        )
        found: UUID | None = await self.session.scalar(statement)
        return found

    async def add(self, row: RecomputationRow) -> None:
        """Write a new one, with what the database fills in."""
        self.session.add(row)
        await self.session.flush()
        await self.session.refresh(row)

    async def read(self, actor: Actor, recomputation_id: UUID) -> RecomputationRow:
        """One of a province the caller oversees. Raises NotFound."""
        units = [unit for role in OVERSEERS for unit in actor.units(role)]
        statement = select(RecomputationRow).where(
            RecomputationRow.id == recomputation_id, RecomputationRow.province_code.in_(units)
        )
        row = (await self.session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def findings(self, recomputation_id: UUID, page: PageRequest) -> tuple[list[Row[Any]], str | None]:
        """(finding,) of a recomputation that is within the caller's scope already."""
        statement = select(RecomputationFindingRow).where(RecomputationFindingRow.recomputation_id == recomputation_id)
        keys = [RecomputationFindingRow.result_id, RecomputationFindingRow.kind]
        return await fetch_page(self.session, statement, keys, page)

    async def claim(self, seconds: int) -> Sequence[UUID]:
        """Those no worker has in hand; this one has them for so many seconds."""
        now = func.clock_timestamp()
        free = or_(RecomputationRow.claimed_until.is_(None), RecomputationRow.claimed_until < now)
        due = select(RecomputationRow.id).where(RecomputationRow.finished_at.is_(None), free)
        statement = (
            update(RecomputationRow)
            .where(RecomputationRow.id.in_(due.with_for_update(skip_locked=True)))
            .values(claimed_until=now + timedelta(seconds=seconds))
            .returning(RecomputationRow.id)
        )
        return list(await self.session.scalars(statement))

    async def hold(self, recomputation_id: UUID) -> RecomputationRow | None:
        """A running one, locked; None when it is finished or another worker is at it."""
        statement = (
            select(RecomputationRow)
            .where(RecomputationRow.id == recomputation_id, RecomputationRow.finished_at.is_(None))
            .with_for_update(skip_locked=True)
        )
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def release(self, recomputation_id: UUID) -> None:
        """Let another turn begin at once."""
        await self.session.execute(
            update(RecomputationRow).where(RecomputationRow.id == recomputation_id).values(claimed_until=None)
        )

    async def extent(self, province_code: str) -> tuple[int, UUID | None]:
        """How many results the province has now, and the last of them."""
        statement = (
            select(
                func.count(ResultRow.id), select(ResultRow.id).order_by(ResultRow.id.desc()).limit(1).scalar_subquery()
            )
            .join(DossierRow, DossierRow.id == ResultRow.dossier_id)
            .where(DossierRow.province_code == province_code)
        )
        total, last = (await self.session.execute(statement)).one()
        return total, last

    async def batch(self, row: RecomputationRow, size: int) -> list[ResultRow]:
        """The next results to check, in the order they were written."""
        statement = (
            select(ResultRow)
            .join(DossierRow, DossierRow.id == ResultRow.dossier_id)
            .where(DossierRow.province_code == row.province_code, ResultRow.id <= row.upto)
            .order_by(ResultRow.id)
            .limit(size)
        )
        if row.cursor is not None:
            statement = statement.where(ResultRow.id > row.cursor)
        return list(await self.session.scalars(statement))

    async def corrections(self, result_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
        """Corrections by the result they concern, oldest first: (result_id, id, star, mean_decimal, basis)."""
        statement = (
            select(
                DecisionRow.result_id,
                CorrectionRow.id,
                CorrectionRow.star,
                CorrectionRow.mean_decimal,
                CorrectionRow.basis,
            )
            .join(CorrectionRow, CorrectionRow.decision_id == DecisionRow.id)
            .where(DecisionRow.result_id.in_(result_ids))
            .order_by(CorrectionRow.id)
        )
        found: dict[UUID, list[Row[Any]]] = {}
        rows: Sequence[Any] = (await self.session.execute(statement)).all()
        for row in rows:
            found.setdefault(row.result_id, []).append(row)
        return found

    def note(self, findings: Sequence[RecomputationFindingRow]) -> None:
        """Write findings with the transaction."""
        self.session.add_all(findings)
