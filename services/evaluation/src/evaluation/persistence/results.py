"""All SQL of results, outcomes and decisions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.access import SIGHT
from evaluation.persistence.round_visibility import not_recused, rounds_visible_to
from evaluation.persistence.tables.decisions import DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import OutcomeRow, ResultRow
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow
from evaluation.persistence.tables.score_sheets import ScoreChoiceRow, ScoreSheetRow
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

_NOTES = (
    select(func.jsonb_agg(func.jsonb_build_object("criterion", ScoreChoiceRow.criterion, "note", ScoreChoiceRow.note)))
    .join(ScoreSheetRow, ScoreSheetRow.id == ScoreChoiceRow.sheet_id)
    .where(
        ScoreSheetRow.round_id == ResultRow.round_id,
        ScoreSheetRow.dossier_id == ResultRow.dossier_id,
        ScoreSheetRow.attempt == RoundDossierRow.attempt,
        ScoreChoiceRow.note.is_not(None),
    )
    .correlate(ResultRow, RoundDossierRow)
    .scalar_subquery()
    .label("notes")
)


class ResultRepository:
    """Results and what became of them, of one transaction. The decision beside a result is the first one on it."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def add_all(self, rows: Sequence[ResultRow | OutcomeRow | DecisionRow]) -> None:
        """Write new rows with the transaction."""
        self.session.add_all(rows)

    def _readable(self, actor: Actor) -> Select[Any]:
        """(result, outcome, product_name, decision, notes); a member does not see those from which he stood aside."""
        return (
            select(ResultRow, OutcomeRow.outcome, DossierRow.product_name, DecisionRow, _NOTES)
            .join(RoundRow, RoundRow.id == ResultRow.round_id)
            .join(
                RoundDossierRow,
                (RoundDossierRow.round_id == ResultRow.round_id) & (RoundDossierRow.dossier_id == ResultRow.dossier_id),
            )
            .join(DossierRow, DossierRow.id == ResultRow.dossier_id)
            .outerjoin(OutcomeRow, OutcomeRow.result_id == ResultRow.id)
            .outerjoin(DecisionRow, (DecisionRow.result_id == ResultRow.id) & DecisionRow.supersedes.is_(None))
            .where(not_recused(actor))
        )

    async def of_round(self, actor: Actor, round_id: UUID, page: PageRequest) -> tuple[list[Row[Any]], str | None]:
        """Results of a closed round, for those who may see the round."""
        statement = self._readable(actor).where(ResultRow.round_id == round_id, rounds_visible_to(actor))
        return await fetch_page(self.session, statement, [ResultRow.dossier_id], page)

    async def of_dossier(self, actor: Actor, dossier_id: UUID) -> list[Row[Any]]:
        """Results, oldest first, of a dossier that is within the caller's scope already.

        Settled ones to its producer and to officials of every level it concerns (it goes up, and its result comes
        back); others by who may see the round.
        """
        settled = OutcomeRow.id.is_not(None)
        own = DossierRow.producer_id.in_(actor.producers())
        readable = settled if actor.has(*SIGHT) else settled & own
        statement = (
            self._readable(actor)
            .where(ResultRow.dossier_id == dossier_id, readable | rounds_visible_to(actor))
            .order_by(ResultRow.id)
        )
        return list((await self.session.execute(statement)).all())

    async def released_of(self, actor: Actor, dossier_id: UUID) -> list[Row[Any]]:
        """Released results, oldest first, of a dossier that is within the caller's scope already."""
        statement = (
            self._readable(actor)
            .where(ResultRow.dossier_id == dossier_id, OutcomeRow.id.is_not(None))
            .order_by(ResultRow.id)
        )
        return list((await self.session.execute(statement)).all())

    async def place_of(self, result_id: UUID) -> tuple[UUID, UUID]:
        """(dossier, round) of a result, for a check of scope. Raises NotFound."""
        statement = select(ResultRow.dossier_id, ResultRow.round_id).where(ResultRow.id == result_id)
        row = (await self.session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound()
        return row.dossier_id, row.round_id

    async def latest(self, dossier_id: UUID) -> ResultRow | None:
        """The dossier's newest result. The dossier is within the caller's scope already."""
        statement = select(ResultRow).where(ResultRow.dossier_id == dossier_id).order_by(ResultRow.id.desc()).limit(1)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def decision(self, actor: Actor, decision_id: UUID) -> DecisionRow:
        """A decision on a result the person may see, or on a dossier of his producer. Raises NotFound."""
        own = DossierRow.producer_id.in_(actor.producers())
        statement = (
            select(DecisionRow)
            .join(ResultRow, ResultRow.id == DecisionRow.result_id)
            .join(RoundRow, RoundRow.id == ResultRow.round_id)
            .join(DossierRow, DossierRow.id == DecisionRow.dossier_id)
            .where(DecisionRow.id == decision_id, rounds_visible_to(actor) | own)
        )
        row = (await self.session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row
