"""All SQL of conflicts of interest: declared by members, decided by chairs, proposed from what is known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class NewConflict:
    """A conflict to be written. `recused_by` where the chair decided it."""

    round_id: UUID
    dossier_id: UUID
    member_id: UUID
    relation: str
    reason: str
    excluded: bool
    declared_at: datetime
    recused_by: UUID | None = None
    decision_number: str | None = None


_DECLARE = text(
    """
    INSERT INTO conflicts (round_id, dossier_id, member_id, relation, reason, excluded, declared_at, recused_by,
        decision_number)
    SELECT rd.round_id, rd.dossier_id, :member_id, :relation, :reason, :excluded, :declared_at, :recused_by,
        :decision_number
    FROM dossiers named
    JOIN dossiers d ON d.id = named.id OR (:whole_producer AND d.producer_id = named.producer_id)
    JOIN round_dossiers rd ON rd.round_id = :round_id AND rd.dossier_id = d.id
    WHERE named.id = :dossier_id
    ON CONFLICT DO NOTHING
    RETURNING dossier_id
    """
)
_PROPOSALS = text(
    """
    SELECT rd.dossier_id, d.product_name, d.producer_name,
        d.producer_id = ANY(:producers) AS acts_for_producer,
        vi_fold(m.body) = vi_fold(d.producer_name) AS same_body,
        d.created_by = :person_id OR EXISTS (
            SELECT FROM evidence e WHERE e.dossier_id = d.id AND e.attached_by = :person_id) AS prepared,
        EXISTS (SELECT FROM commune_reports c WHERE c.dossier_id = d.id AND c.reported_by = :person_id)
            OR EXISTS (SELECT FROM dossier_returns b WHERE b.dossier_id = d.id AND b.returned_by = :person_id)
            AS handled,
        (SELECT c.relation FROM conflicts c JOIN dossiers o ON o.id = c.dossier_id
            WHERE c.member_id = :person_id AND o.producer_id = d.producer_id
            ORDER BY c.declared_at DESC LIMIT 1) AS declared_before
    FROM round_dossiers rd
    JOIN rounds r ON r.id = rd.round_id
    JOIN council_members m ON m.council_id = r.council_id AND m.person_id = :person_id
    JOIN dossiers d ON d.id = rd.dossier_id
    WHERE rd.round_id = :round_id AND rd.live AND NOT EXISTS (
        SELECT FROM conflicts c WHERE c.round_id = rd.round_id AND c.dossier_id = rd.dossier_id
            AND c.member_id = :person_id)
    ORDER BY rd.dossier_id
    """
)


class ConflictRepository:
    """Conflicts of one transaction. Rows are added, never changed."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def declare(self, conflict: NewConflict, *, whole_producer: bool) -> list[UUID]:
        """Write a conflict with a dossier of a round, or with every dossier of its producer there.

        The dossiers it was written for; one that had it before is not among them.
        """
        values = {name: getattr(conflict, name) for name in conflict.__dataclass_fields__}
        rows = await self.session.execute(_DECLARE, values | {"whole_producer": whole_producer})
        return list(rows.scalars())

    async def proposals(self, round_id: UUID, person_id: UUID, producers: Collection[UUID]) -> Sequence[Row[Any]]:
        """Each dossier of the round on which the member has declared nothing, with what could be a conflict."""
        given = {"round_id": round_id, "person_id": person_id, "producers": list(producers)}
        return (await self.session.execute(_PROPOSALS, given)).all()
