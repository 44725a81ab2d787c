"""All SQL of rounds: the rows, who stands aside, how far scoring is.

Lock order: the round's row first, then its dossiers by id. Members who submit hold the round FOR SHARE; whoever
opens, closes or orders a rescoring holds it FOR UPDATE.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Label, Row, Select, func, insert, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.conflict_relations import codes_that_cover_the_producer
from evaluation.domain.round_errors import DossierLeft
from evaluation.persistence.round_visibility import rounds_visible_to
from evaluation.persistence.tables.councils import CouncilMemberRow, CouncilRow
from evaluation.persistence.tables.results import OutcomeRow, ResultRow
from evaluation.persistence.tables.rounds import ConflictRow, RescoringRow, RoundDossierRow, RoundRow
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

_DOSSIERS = literal_column(
    """(SELECT coalesce(jsonb_agg(jsonb_build_object(
            'dossier_id', rd.dossier_id, 'product_name', d.product_name, 'producer_name', d.producer_name,
            'sheet', rd.sheet_id, 'ruleset', rd.ruleset_id, 'attempt', rd.attempt, 'agreed', rd.agreed IS NOT NULL,
            'scored_by', (SELECT coalesce(jsonb_agg(s.member_id), '[]') FROM score_sheets s
                WHERE s.round_id = rd.round_id AND s.dossier_id = rd.dossier_id AND s.attempt = rd.attempt),
            'drafted_by', (SELECT coalesce(jsonb_agg(w.member_id), '[]') FROM score_drafts w
                WHERE w.round_id = rd.round_id AND w.dossier_id = rd.dossier_id),
            'conflicts', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'member_id', c.member_id, 'reason', c.reason, 'excluded', c.excluded, 'relation', c.relation,
                    'decided_by_chair', c.recused_by IS NOT NULL) ORDER BY c.declared_at, c.member_id), '[]')
                FROM conflicts c
                WHERE c.round_id = rd.round_id AND c.dossier_id = rd.dossier_id)
        ) ORDER BY rd.dossier_id), '[]')
        FROM round_dossiers rd JOIN dossiers d ON d.id = rd.dossier_id
        WHERE rd.round_id = rounds.id AND rd.left_at IS NULL)""",
    JSONB(),
).label("dossiers")

_MEMBERS = literal_column(
    """(SELECT jsonb_agg(jsonb_build_object('person_id', m.person_id, 'seat', m.seat, 'name', m.name) ORDER BY m.seat)
        FROM council_members m WHERE m.council_id = rounds.council_id)""",
    JSONB(),
).label("members")

_CARRY_CONFLICTS = text(
    """
    INSERT INTO conflicts (round_id, dossier_id, member_id, reason, excluded, declared_at, relation, recused_by,
        decision_number)
    SELECT DISTINCT ON (rd.dossier_id, m.person_id, earlier.excluded)
        rd.round_id, rd.dossier_id, m.person_id, earlier.reason, earlier.excluded, earlier.declared_at,
        earlier.relation, earlier.recused_by, earlier.decision_number
    FROM round_dossiers rd
    JOIN dossiers d ON d.id = rd.dossier_id
    JOIN rounds r ON r.id = rd.round_id
    JOIN council_members m ON m.council_id = r.council_id
    JOIN conflicts earlier ON earlier.member_id = m.person_id
    JOIN dossiers before ON before.id = earlier.dossier_id
    JOIN rounds past ON past.id = earlier.round_id
    WHERE rd.round_id = :round_id AND (before.id = d.id OR (
        before.producer_id = d.producer_id AND past.year = r.year AND earlier.relation = ANY(:to_producer)))
    ORDER BY rd.dossier_id, m.person_id, earlier.excluded, earlier.declared_at DESC
    ON CONFLICT DO NOTHING
    """
)


class RoundRepository:
    """Rounds of one transaction. Reads for a caller go through `rounds_visible_to`."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, round_row: RoundRow, dossiers: Sequence[RoundDossierRow]) -> None:
        """Write a round with its dossiers. A conflict declared on one of them in an earlier round still holds, and so
        does one with a dossier's producer that was declared within the year.
        """
        self.session.add(round_row)
        await self.session.flush()
        self.session.add_all(dossiers)
        await self.session.flush()
        await self.carry_conflicts(round_row.id)

    async def carry_conflicts(self, round_id: UUID) -> None:
        """Have earlier conflicts on the round's dossiers hold in it too; those it has already stay as they are."""
        await self.session.flush()
        to_producer = codes_that_cover_the_producer()
        await self.session.execute(_CARRY_CONFLICTS, {"round_id": round_id, "to_producer": to_producer})

    async def get(self, actor: Actor, round_id: UUID, *, lock: bool = False, share: bool = False) -> RoundRow:
        """The round; `lock` holds it FOR UPDATE, `share` FOR SHARE. Raises NotFound when out of scope."""
        statement = select(RoundRow).where(RoundRow.id == round_id, rounds_visible_to(actor))
        if lock or share:
            statement = statement.with_for_update(of=RoundRow, read=share).execution_options(populate_existing=True)
        row = (await self.session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def lock(self, round_id: UUID) -> RoundRow:
        """The round of a result that is within the caller's scope already, held FOR UPDATE."""
        statement = select(RoundRow).where(RoundRow.id == round_id).with_for_update()
        return (await self.session.execute(statement.execution_options(populate_existing=True))).scalar_one()

    async def progress(self, actor: Actor, round_id: UUID) -> Row[Any]:
        """(round, chair_id, dossiers, members): how far scoring is, whole; the use case cuts it to the caller."""
        statement: Select[*tuple[Any, ...]] = (
            select(RoundRow, CouncilRow.chair_id, _DOSSIERS, _MEMBERS)
            .join(CouncilRow, CouncilRow.id == RoundRow.council_id)
            .where(RoundRow.id == round_id, rounds_visible_to(actor))
        )
        row: Row[Any] | None = (await self.session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def page(self, actor: Actor, page: PageRequest, filters: dict[str, Any]) -> tuple[list[Row[Any]], str | None]:
        """(round, number of dossiers) of each round the person may see, newest first."""
        size: Label[int] = literal_column(
            "(SELECT count(*) FROM round_dossiers rd WHERE rd.round_id = rounds.id AND rd.left_at IS NULL)", Integer()
        ).label("size")
        statement = select(RoundRow, size).where(rounds_visible_to(actor))
        for name, value in filters.items():
            if value is not None:
                statement = statement.where(getattr(RoundRow, name) == value)
        return await fetch_page(self.session, statement, [RoundRow.created_at, RoundRow.id], page, descending=True)

    async def council_of(self, round_id: UUID) -> CouncilRow:
        """The council of a round that is within the caller's scope already."""
        statement = select(CouncilRow).join(RoundRow, RoundRow.council_id == CouncilRow.id)
        return (await self.session.execute(statement.where(RoundRow.id == round_id))).scalar_one()

    async def seated(self, round_row: RoundRow, person_id: UUID) -> bool:
        """Whether the person sits on the round's council."""
        statement = select(CouncilMemberRow.seat).where(
            CouncilMemberRow.council_id == round_row.council_id, CouncilMemberRow.person_id == person_id
        )
        return (await self.session.execute(statement)).scalar_one_or_none() is not None

    async def dossiers(self, round_id: UUID) -> list[RoundDossierRow]:
        """The round's dossiers by id, without those that left. Held by the lock on the round."""
        statement = select(RoundDossierRow).where(
            RoundDossierRow.round_id == round_id, RoundDossierRow.left_at.is_(None)
        )
        statement = statement.order_by(RoundDossierRow.dossier_id).execution_options(populate_existing=True)
        return list((await self.session.execute(statement)).scalars())

    async def dossier(self, round_id: UUID, dossier_id: UUID) -> RoundDossierRow:
        """One dossier of a round. Raises NotFound when it never was in it, DossierLeft when it left."""
        statement = select(RoundDossierRow).where(
            RoundDossierRow.round_id == round_id, RoundDossierRow.dossier_id == dossier_id
        )
        row = (await self.session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
        if row is None:
            raise NotFound()
        if row.left_at is not None:
            raise DossierLeft("Hồ sơ đã rút khỏi đợt này.", "The dossier left this round.", because=row.left_because)
        return row

    async def live_round_of(self, dossier_id: UUID) -> UUID | None:
        """The planned or open round the dossier is in."""
        statement = select(RoundDossierRow.round_id).where(
            RoundDossierRow.dossier_id == dossier_id, RoundDossierRow.live
        )
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def recused(self, round_id: UUID) -> set[tuple[UUID, UUID]]:
        """(dossier, member) of every conflict that excludes the member."""
        statement = select(ConflictRow.dossier_id, ConflictRow.member_id).where(
            ConflictRow.round_id == round_id, ConflictRow.excluded
        )
        return {(row.dossier_id, row.member_id) for row in await self.session.execute(statement)}

    async def order_rescoring(self, rescoring: dict[str, Any]) -> None:
        """Write the order; the caller has raised the dossier's attempt."""
        await self.session.execute(insert(RescoringRow).values(**rescoring))

    async def finished_now(self, round_row: RoundRow) -> bool:
        """Whether every result of a closed round has an outcome. The caller holds the round's lock."""
        await self.session.flush()
        waiting = (
            select(ResultRow.id)
            .outerjoin(OutcomeRow, OutcomeRow.result_id == ResultRow.id)
            .where(ResultRow.round_id == round_row.id, OutcomeRow.id.is_(None))
            .limit(1)
        )
        return (await self.session.execute(waiting)).first() is None

    async def earliest_decision_day(self, round_row: RoundRow) -> date:
        """The legal date on which the round closed."""
        statement = select(func.legal_date(RoundRow.closed_at)).where(RoundRow.id == round_row.id)
        day: date = (await self.session.execute(statement)).scalar_one()
        return day
