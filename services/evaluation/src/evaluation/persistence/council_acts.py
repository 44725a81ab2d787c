"""All SQL of knock-outs and discussions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.round_visibility import not_recused, rounds_visible_to
from evaluation.persistence.tables.council_acts import DiscussionRow, KnockOutRow, KnockOutWithdrawalRow
from evaluation.persistence.tables.evidence import EvidenceRow
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow
from evaluation.persistence.tables.score_sheets import ScoreSheetRow
from shared.auth.actors import Actor
from shared.errors import NotFound


class CouncilActRepository:
    """What councils did besides scoring, of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def keep(self, row: KnockOutRow | KnockOutWithdrawalRow | DiscussionRow) -> None:
        """Write a row that stays as it is, with the database's instant."""
        self.session.add(row)
        await self.session.flush()
        await self.session.refresh(row)

    async def knock_out(self, round_id: UUID, knock_out_id: UUID) -> KnockOutRow:
        """A knock-out of a round that is within the caller's scope already. Raises NotFound."""
        statement = select(KnockOutRow).where(KnockOutRow.id == knock_out_id, KnockOutRow.round_id == round_id)
        row = (await self.session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def withdrawn(self, knock_out_id: UUID) -> bool:
        """Whether the council took it back."""
        statement = select(KnockOutWithdrawalRow.knock_out_id).where(KnockOutWithdrawalRow.knock_out_id == knock_out_id)
        return (await self.session.execute(statement)).first() is not None

    async def knock_outs(self, actor: Actor, round_id: UUID) -> list[tuple[KnockOutRow, KnockOutWithdrawalRow | None]]:
        """(knock-out, withdrawal) of a round, oldest first, without dossiers from which the person stands
        aside.
        """
        statement = (
            select(KnockOutRow, KnockOutWithdrawalRow)
            .join(RoundRow, RoundRow.id == KnockOutRow.round_id)
            .join(
                RoundDossierRow,
                (RoundDossierRow.round_id == KnockOutRow.round_id)
                & (RoundDossierRow.dossier_id == KnockOutRow.dossier_id),
            )
            .outerjoin(KnockOutWithdrawalRow, KnockOutWithdrawalRow.knock_out_id == KnockOutRow.id)
            .where(KnockOutRow.round_id == round_id, rounds_visible_to(actor), not_recused(actor))
            .order_by(KnockOutRow.id)
        )
        return [(row[0], row[1]) for row in await self.session.execute(statement)]

    async def discussions(self, actor: Actor, round_id: UUID, *, blind: bool) -> list[DiscussionRow]:
        """Discussions of a round, oldest first, without dossiers from which the person stands aside.

        `blind`: of the present attempt only where his own sheet is in.
        """
        scored = exists().where(
            ScoreSheetRow.round_id == DiscussionRow.round_id,
            ScoreSheetRow.dossier_id == DiscussionRow.dossier_id,
            ScoreSheetRow.attempt == DiscussionRow.attempt,
            ScoreSheetRow.member_id == actor.person_id,
        )
        open_to_him = true() if not blind else or_(DiscussionRow.attempt < RoundDossierRow.attempt, scored)
        statement = (
            select(DiscussionRow)
            .join(RoundRow, RoundRow.id == DiscussionRow.round_id)
            .join(
                RoundDossierRow,
                (RoundDossierRow.round_id == DiscussionRow.round_id)
                & (RoundDossierRow.dossier_id == DiscussionRow.dossier_id),
            )
            .where(DiscussionRow.round_id == round_id, rounds_visible_to(actor), not_recused(actor), open_to_him)
            .order_by(DiscussionRow.id)
        )
        return list((await self.session.execute(statement)).scalars())

    async def discussed(self, entry: RoundDossierRow) -> bool:
        """Whether the present attempt was discussed."""
        found = exists().where(
            DiscussionRow.round_id == entry.round_id,
            DiscussionRow.dossier_id == entry.dossier_id,
            DiscussionRow.attempt == entry.attempt,
        )
        return bool(await self.session.scalar(select(found)))

    async def evidence_missing(self, dossier_id: UUID, evidence_ids: Sequence[UUID]) -> list[UUID]:
        """Which of these papers are not attached to the dossier."""
        if not evidence_ids:
            return []
        statement = select(func.array_agg(EvidenceRow.id)).where(
            EvidenceRow.dossier_id == dossier_id, EvidenceRow.id.in_(evidence_ids)
        )
        known = set(await self.session.scalar(statement) or ())
        return [one for one in evidence_ids if one not in known]
