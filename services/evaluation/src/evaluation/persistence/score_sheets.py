"""All SQL of score sheets but their submission (`score_submission.py`)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.choices import Choice
from evaluation.domain.result_records import SubmittedSheet
from evaluation.persistence.tables.rounds import RoundDossierRow
from evaluation.persistence.tables.score_sheets import ScoreChoiceRow, ScoreDraftRow, ScoreSheetRow


def choice_of(written: str) -> Choice:
    """A stored choice as the rules read it: a number, or `"<alternative>.<number>"`."""
    return int(written) if written.isdigit() else written


class ScoreSheetRepository:
    """Drafts and submitted sheets of one transaction. Callers see to blindness: until closing only one's own."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def draft(self, round_id: UUID, dossier_id: UUID, member_id: UUID) -> ScoreDraftRow | None:
        """The member's draft, if he began one, held FOR UPDATE."""
        key = (round_id, dossier_id, member_id)
        return await self.session.get(ScoreDraftRow, key, populate_existing=True, with_for_update=True)

    def add_draft(self, draft: ScoreDraftRow) -> None:
        """Write a first draft with the transaction."""
        self.session.add(draft)

    async def drop_drafts(self, round_id: UUID, dossier_id: UUID | None = None, member_id: UUID | None = None) -> None:
        """Remove drafts of a round, of one dossier or one member where given."""
        statement = delete(ScoreDraftRow).where(ScoreDraftRow.round_id == round_id)
        if dossier_id is not None:
            statement = statement.where(ScoreDraftRow.dossier_id == dossier_id)
        if member_id is not None:
            statement = statement.where(ScoreDraftRow.member_id == member_id)
        await self.session.execute(statement)

    async def own_sheet(self, entry: RoundDossierRow, member_id: UUID) -> Row[Any] | None:
        """(sheet, choices, notes) the member submitted in the present attempt."""
        statement = (
            select(
                ScoreSheetRow,
                func.jsonb_object_agg(ScoreChoiceRow.criterion, ScoreChoiceRow.choice)
                .filter(ScoreChoiceRow.criterion.is_not(None))
                .label("choices"),
                func.jsonb_object_agg(ScoreChoiceRow.criterion, ScoreChoiceRow.note)
                .filter(ScoreChoiceRow.note.is_not(None))
                .label("notes"),
            )
            .outerjoin(ScoreChoiceRow, ScoreChoiceRow.sheet_id == ScoreSheetRow.id)
            .where(
                ScoreSheetRow.round_id == entry.round_id,
                ScoreSheetRow.dossier_id == entry.dossier_id,
                ScoreSheetRow.member_id == member_id,
                ScoreSheetRow.attempt == entry.attempt,
            )
            .group_by(ScoreSheetRow.id)
        )
        return (await self.session.execute(statement)).one_or_none()

    async def current(self, round_id: UUID) -> list[tuple[UUID, int, SubmittedSheet]]:
        """(dossier, total, sheet) of every sheet of the present attempts. The caller holds the round's lock."""
        statement = (
            select(
                ScoreSheetRow.id,
                ScoreSheetRow.dossier_id,
                ScoreSheetRow.member_id,
                ScoreSheetRow.total,
                ScoreSheetRow.part_totals,
                func.jsonb_object_agg(ScoreChoiceRow.criterion, ScoreChoiceRow.choice)
                .filter(ScoreChoiceRow.criterion.is_not(None))
                .label("choices"),
            )
            .join(
                RoundDossierRow,
                (RoundDossierRow.round_id == ScoreSheetRow.round_id)
                & (RoundDossierRow.dossier_id == ScoreSheetRow.dossier_id)
                & (RoundDossierRow.attempt == ScoreSheetRow.attempt),
            )
            .outerjoin(ScoreChoiceRow, ScoreChoiceRow.sheet_id == ScoreSheetRow.id)
            .where(ScoreSheetRow.round_id == round_id)
            .group_by(ScoreSheetRow.id)
        )
        return [
            (
                row.dossier_id,
                row.total,
                SubmittedSheet(
                    sheet_id=row.id,
                    member_id=row.member_id,
                    choices={code: choice_of(written) for code, written in (row.choices or {}).items()},
                    part_totals=row.part_totals or {},
                ),
            )
            for row in await self.session.execute(statement)
        ]
