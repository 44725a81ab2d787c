"""All SQL of score sheets but their submission (`score_submission.py`)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.choices import Choice
from evaluation.persistence.tables.rounds import RoundDossierRow
from evaluation.persistence.tables.score_sheets import ScoreDraftRow, ScoreSheetRow


def choice_of(written: str) -> Choice:
    """A stored choice as the rules read it: a number, or `"<alternative>.<number>"`."""
    return int(written) if written.isdigit() else written


_OWN = text(
    """
    SELECT rd.attempt, rd.sheet_id, r.state AS round_state,
        s.id, s.submitted_at, s.total, s.part_totals, s.remarks, s.content_hash,
        (SELECT jsonb_object_agg(c.criterion, c.choice) FROM score_choices c WHERE c.sheet_id = s.id) AS choices,
        (SELECT jsonb_object_agg(c.criterion, c.note) FROM score_choices c
            WHERE c.sheet_id = s.id AND c.note IS NOT NULL) AS notes,
        d.version AS draft_version, d.choices AS draft_choices, d.part_totals AS draft_part_totals,
        d.notes AS draft_notes, d.remarks AS draft_remarks
    FROM round_dossiers rd
    JOIN rounds r ON r.id = rd.round_id AND r.state <> 'planned'
    JOIN council_members m ON m.council_id = r.council_id AND m.person_id = :person_id
    LEFT JOIN score_sheets s ON s.round_id = rd.round_id AND s.dossier_id = rd.dossier_id
        AND s.member_id = m.person_id AND s.attempt = rd.attempt
    LEFT JOIN score_drafts d ON d.round_id = rd.round_id AND d.dossier_id = rd.dossier_id
        AND d.member_id = m.person_id
    WHERE rd.round_id = :round_id AND rd.dossier_id = :dossier_id AND NOT EXISTS (
        SELECT FROM conflicts c WHERE c.round_id = rd.round_id AND c.dossier_id = rd.dossier_id
        AND c.member_id = m.person_id AND c.excluded)
    """
)


_WHOLE = """
    SELECT s.id, s.round_id, s.dossier_id, s.member_id, m.seat, s.attempt, s.total, s.part_totals, s.remarks,
        s.sheet_hash, s.submitted_at, s.content_hash, s.statement, r.state AS round_state,
        s.attempt = rd.attempt AND NOT EXISTS (
            SELECT FROM conflicts c WHERE c.round_id = s.round_id AND c.dossier_id = s.dossier_id
                AND c.member_id = s.member_id AND c.excluded) AS counted,
        coalesce((SELECT jsonb_agg(jsonb_build_array(a.criterion, a.choice, a.points, a.note) ORDER BY a.criterion)
            FROM score_choices a WHERE a.sheet_id = s.id), '[]') AS answers
    FROM score_sheets s
    JOIN rounds r ON r.id = s.round_id
    JOIN round_dossiers rd ON rd.round_id = s.round_id AND rd.dossier_id = s.dossier_id
    LEFT JOIN council_members m ON m.council_id = r.council_id AND m.person_id = s.member_id
"""
_ONE = text(f"{_WHOLE} WHERE s.id = :sheet_id")
_EVERY = text(f"{_WHOLE} WHERE s.round_id = :round_id AND s.dossier_id = :dossier_id ORDER BY s.attempt, m.seat")


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

    async def own(self, round_id: UUID, dossier_id: UUID, person_id: UUID) -> Row[Any] | None:
        """What the person has on a dossier: submitted sheet or draft or neither. None where he may not score it:
        unknown, not his council, not opened yet, or he stands aside.
        """
        given = {"round_id": round_id, "dossier_id": dossier_id, "person_id": person_id}
        return (await self.session.execute(_OWN, given)).one_or_none()

    async def submitted(self, entry: RoundDossierRow, member_id: UUID) -> bool:
        """Whether the member submitted a sheet in the present attempt."""
        statement = select(ScoreSheetRow.id).where(
            ScoreSheetRow.round_id == entry.round_id,
            ScoreSheetRow.dossier_id == entry.dossier_id,
            ScoreSheetRow.member_id == member_id,
            ScoreSheetRow.attempt == entry.attempt,
        )
        return (await self.session.execute(statement)).first() is not None

    async def anybody_scored(self, entry: RoundDossierRow) -> bool:
        """Whether a sheet of the present attempt is in."""
        statement = select(ScoreSheetRow.id).where(
            ScoreSheetRow.round_id == entry.round_id,
            ScoreSheetRow.dossier_id == entry.dossier_id,
            ScoreSheetRow.attempt == entry.attempt,
        )
        return (await self.session.execute(statement.limit(1))).first() is not None

    async def whole(self, sheet_id: UUID) -> Row[Any] | None:
        """A submitted sheet with its answers, whoever's; the caller sees to who may read it."""
        return (await self.session.execute(_ONE, {"sheet_id": sheet_id})).one_or_none()

    async def every_attempt(self, round_id: UUID, dossier_id: UUID) -> Sequence[Row[Any]]:
        """Every sheet ever submitted on a dossier of a round, by attempt and seat, with its answers. After closing."""
        return (await self.session.execute(_EVERY, {"round_id": round_id, "dossier_id": dossier_id})).all()
