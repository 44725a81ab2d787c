"""What documents are made from, read whole: all SQL of it. The use cases have checked the caller's standing."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.tables.decisions import DecisionRow
from evaluation.persistence.tables.documents import IssuedCertificateRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import OutcomeRow, ResultRow
from evaluation.persistence.tables.rounds import RoundRow

_OWN_SHEET = text(
    """
    SELECT s.dossier_id, s.round_id, s.sheet_hash, s.total, s.part_totals, s.remarks,
        legal_date(s.submitted_at) AS submitted_on, rd.sheet_id, r.level, r.unit_code, r.unit_name, m.seat, m.name,
        (SELECT jsonb_object_agg(c.criterion, c.choice) FROM score_choices c WHERE c.sheet_id = s.id) AS choices,
        (SELECT jsonb_object_agg(c.criterion, c.points) FROM score_choices c WHERE c.sheet_id = s.id) AS points,
        (SELECT jsonb_object_agg(c.criterion, c.note) FROM score_choices c
            WHERE c.sheet_id = s.id AND c.note IS NOT NULL) AS notes
    FROM score_sheets s
    JOIN rounds r ON r.id = s.round_id
    JOIN round_dossiers rd ON rd.round_id = s.round_id AND rd.dossier_id = s.dossier_id
    JOIN council_members m ON m.council_id = r.council_id AND m.person_id = s.member_id
    WHERE s.id = :sheet_id AND s.member_id = :person_id
    """
)
_ROUND = text(
    """
    SELECT legal_date(r.opened_at) AS opened_on, legal_date(r.closed_at) AS closed_on, c.decision_number,
        h.name_vi AS charter,
        (SELECT jsonb_agg(jsonb_build_object('name', m.name, 'body', m.body, 'seat', m.seat) ORDER BY m.seat)
            FROM council_members m WHERE m.council_id = r.council_id) AS members,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('name', m.name, 'product', d.product_name)
            ORDER BY m.seat, d.product_name, d.id), '[]')
            FROM conflicts k JOIN council_members m ON m.council_id = r.council_id AND m.person_id = k.member_id
            JOIN dossiers d ON d.id = k.dossier_id WHERE k.round_id = r.id AND k.excluded) AS aside,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('product', d.product_name, 'attempt', s.attempt,
            'reason', s.reason) ORDER BY s.ordered_at, s.id), '[]')
            FROM rescorings s JOIN dossiers d ON d.id = s.dossier_id WHERE s.round_id = r.id) AS rescored,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('product', d.product_name, 'attempt', s.attempt,
            'conclusion', s.conclusion, 'statements', (SELECT jsonb_agg(jsonb_build_object('said', e.said ->> 'said',
                'name', coalesce(m.name, l.left_name)) ORDER BY e.n)
                FROM jsonb_array_elements(s.statements) WITH ORDINALITY e(said, n)
                LEFT JOIN council_members m
                    ON m.council_id = r.council_id AND m.person_id = (e.said ->> 'member_id')::uuid
                LEFT JOIN council_changes l
                    ON l.council_id = r.council_id AND l.left_id = (e.said ->> 'member_id')::uuid
                    AND m.person_id IS NULL))
            ORDER BY s.id), '[]')
            FROM discussions s JOIN dossiers d ON d.id = s.dossier_id WHERE s.round_id = r.id) AS discussed,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('product', d.product_name, 'code', k.code, 'reason', k.reason,
            'evidence', k.evidence, 'votes_for', k.votes_for, 'votes_against', k.votes_against) ORDER BY k.id), '[]')
            FROM knock_outs k JOIN dossiers d ON d.id = k.dossier_id
            LEFT JOIN knock_out_withdrawals w ON w.knock_out_id = k.id
            WHERE k.round_id = r.id AND w.knock_out_id IS NULL) AS knocked_out,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('product', d.product_name, 'producer', d.producer_name,
            'commune', d.commune_name, 'mean', p.mean_numerator || '/' || p.mean_denominator, 'star', p.star,
            'band', p.band, 'forwards_to', p.forwards_to, 'recognised', p.recognised,
            'sheets', jsonb_array_length(p.inputs -> 'score_sheets'),
            'floors', (SELECT coalesce(jsonb_agg(DISTINCT f ->> 'criterion'), '[]')
                FROM jsonb_array_elements(p.floors_missed) f WHERE (f ->> 'star')::int > p.star))
            ORDER BY p.mean_numerator::numeric / p.mean_denominator DESC NULLS LAST, d.product_name, d.id), '[]')
            FROM results p JOIN dossiers d ON d.id = p.dossier_id WHERE p.round_id = r.id) AS results
    FROM rounds r JOIN councils c ON c.id = r.council_id JOIN charters h ON h.id = c.charter_id
    WHERE r.id = :round_id
    """
)


class DocumentSourceRepository:
    """The facts of documents, of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def own_sheet(self, sheet_id: UUID, person_id: UUID) -> Row[Any] | None:
        """A submitted sheet with its answers, if the person is its member."""
        given = {"sheet_id": sheet_id, "person_id": person_id}
        return (await self.session.execute(_OWN_SHEET, given)).one_or_none()

    async def dossier(self, dossier_id: UUID) -> DossierRow:
        """A dossier that the caller reached through something he may see."""
        return (await self.session.scalars(select(DossierRow).where(DossierRow.id == dossier_id))).one()

    async def round_facts(self, round_id: UUID) -> Row[Any]:
        """A closed round: council, people, who stood aside, what was scored again, results by mean."""
        return (await self.session.execute(_ROUND, {"round_id": round_id})).one()

    async def released(self, dossier_id: UUID) -> Row[Any] | None:
        """(result, outcome, decision, round) of the dossier's newest result that has an outcome."""
        statement: Select[*tuple[Any, ...]] = (
            select(ResultRow, OutcomeRow, DecisionRow, RoundRow)
            .join(OutcomeRow, OutcomeRow.result_id == ResultRow.id)
            .join(RoundRow, RoundRow.id == ResultRow.round_id)
            .outerjoin(DecisionRow, (DecisionRow.result_id == ResultRow.id) & DecisionRow.supersedes.is_(None))
            .where(ResultRow.dossier_id == dossier_id)
            .order_by(ResultRow.id.desc())
            .limit(1)
        )
        row: Row[Any] | None = (await self.session.execute(statement)).one_or_none()
        return row

    async def certificate(self, dossier_id: UUID, decision_number: str) -> IssuedCertificateRow | None:
        """What registry issued on a dossier's decision."""
        statement = select(IssuedCertificateRow).where(
            IssuedCertificateRow.dossier_id == dossier_id, IssuedCertificateRow.decision_number == decision_number
        )
        return (await self.session.scalars(statement.order_by(IssuedCertificateRow.issued_on.desc()).limit(1))).first()

    async def round_closed_on(self, round_id: UUID) -> Row[Any]:
        """(unit_name, closed_on) of a round."""
        statement = text("SELECT unit_name, legal_date(closed_at) AS closed_on FROM rounds WHERE id = :id")
        return (await self.session.execute(statement, {"id": round_id})).one()
