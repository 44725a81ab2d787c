"""All SQL of objections and their steps."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.dossier_visibility import visible_to
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.objections import ObjectionRow, ObjectionStepRow
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection with its steps, oldest first."""

    row: ObjectionRow
    steps: list[ObjectionStepRow]

    @property
    def state(self) -> str:
        """Its newest step; `filed` before the first."""
        return self.steps[-1].step if self.steps else "filed"


class ObjectionRepository:
    """Objections of one transaction. Lock the dossier before adding an objection or a step."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def add(self, row: ObjectionRow | ObjectionStepRow) -> None:
        """Write a new row with the transaction."""
        self.session.add(row)

    async def dossier_of(self, actor: Actor, objection_id: UUID) -> UUID:
        """The dossier of an objection, if the person may see that dossier. Raises NotFound."""
        statement = (
            select(ObjectionRow.dossier_id)
            .join(DossierRow, DossierRow.id == ObjectionRow.dossier_id)
            .where(ObjectionRow.id == objection_id, visible_to(actor))
        )
        found: UUID | None = await self.session.scalar(statement)
        if found is None:
            raise NotFound()
        return found

    async def of_dossier(self, dossier_id: UUID) -> list[ObjectionView]:
        """The objections of a dossier that is within the caller's scope already, oldest first: two statements."""
        statement = select(ObjectionRow).where(ObjectionRow.dossier_id == dossier_id).order_by(ObjectionRow.id)
        rows = list((await self.session.execute(statement)).scalars())
        if not rows:
            return []
        taken = select(ObjectionStepRow).where(ObjectionStepRow.objection_id.in_([row.id for row in rows]))
        steps = list((await self.session.execute(taken.order_by(ObjectionStepRow.id))).scalars())
        return [ObjectionView(row, [step for step in steps if step.objection_id == row.id]) for row in rows]

    async def view(self, dossier_id: UUID, objection_id: UUID) -> ObjectionView:
        """One objection of a dossier."""
        return next(view for view in await self.of_dossier(dossier_id) if view.row.id == objection_id)

    async def page(
        self, actor: Actor, page: PageRequest, *, level: str | None, open_only: bool
    ) -> tuple[list[Row[Any]], str | None]:
        """(objection, product name) of the dossiers the person may see, newest first."""
        statement = (
            select(ObjectionRow, DossierRow.product_name)
            .join(DossierRow, DossierRow.id == ObjectionRow.dossier_id)
            .where(visible_to(actor))
        )
        if level is not None:
            statement = statement.where(ObjectionRow.level == level)
        if open_only:
            answered = select(ObjectionStepRow.id).where(
                ObjectionStepRow.objection_id == ObjectionRow.id,
                ObjectionStepRow.step.in_(("upheld", "partly_upheld", "refused")),
            )
            statement = statement.where(~answered.exists())
        return await fetch_page(self.session, statement, [ObjectionRow.id], page, descending=True)
