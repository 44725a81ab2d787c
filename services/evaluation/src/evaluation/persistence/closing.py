"""All SQL of closing a round: whole sets at a time, so that 1,000 dossiers of 9 members close in seconds.

The caller holds the round FOR UPDATE where he acts on what he reads. Dossiers that left the round are not `live`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.result_records import SubmittedSheet
from evaluation.persistence.score_sheets import choice_of
from evaluation.persistence.tables.results import ResultRow

_ENTRIES = text(
    """
    SELECT rd.dossier_id, d.product_name, d.kind, rd.attempt, rd.ruleset_id, rd.ruleset_hash, rd.sheet_id,
        rd.sheet_hash, rd.agreed,
        coalesce(k.found, '[]') AS knock_outs, coalesce(t.attempts, '{}') AS discussed
    FROM round_dossiers rd
    JOIN dossiers d ON d.id = rd.dossier_id
    LEFT JOIN (
        SELECT o.dossier_id,
            jsonb_agg(jsonb_build_object('code', o.code, 'reason', o.reason, 'id', o.id) ORDER BY o.id) AS found
        FROM knock_outs o WHERE o.round_id = :round_id
            AND NOT EXISTS (SELECT FROM knock_out_withdrawals w WHERE w.knock_out_id = o.id)
        GROUP BY o.dossier_id
    ) k USING (dossier_id)
    LEFT JOIN (
        SELECT s.dossier_id, array_agg(s.attempt) AS attempts FROM discussions s WHERE s.round_id = :round_id
        GROUP BY s.dossier_id
    ) t USING (dossier_id)
    WHERE rd.round_id = :round_id AND (rd.live OR :settled AND EXISTS (
        SELECT FROM results x WHERE x.round_id = rd.round_id AND x.dossier_id = rd.dossier_id))
    ORDER BY rd.dossier_id
    """
)
_TOTALS = text(
    """
    SELECT s.dossier_id, s.member_id, s.total FROM score_sheets s
    JOIN round_dossiers rd USING (round_id, dossier_id, attempt)
    WHERE s.round_id = :round_id
    """
)
_SHEETS = text(
    """
    SELECT s.id, s.dossier_id, s.member_id, s.part_totals, c.criteria, c.choices
    FROM round_dossiers rd
    JOIN score_sheets s USING (round_id, dossier_id, attempt)
    CROSS JOIN LATERAL (
        SELECT array_agg(a.criterion) AS criteria, array_agg(a.choice) AS choices
        FROM score_choices a WHERE a.sheet_id = s.id
    ) c
    WHERE rd.round_id = :round_id AND rd.dossier_id = ANY(:dossier_ids)
    """
)
_LOCK = text("SELECT id, state FROM dossiers WHERE id = ANY(:dossier_ids) ORDER BY id FOR UPDATE")
_SETTLE = text("UPDATE round_dossiers SET live = false WHERE round_id = :round_id AND live")
_MOVE = text(
    """
    UPDATE dossiers SET state = :state, level = CASE WHEN :ended THEN NULL ELSE level END,
        version = version + 1, updated_at = now()
    WHERE id = ANY(:dossier_ids)
    """
)


class ClosingRepository:
    """Dossiers, totals and sheets of a round, and what closing writes, of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def entries(self, round_id: UUID, *, settled: bool = False) -> Sequence[Row[Any]]:
        """The dossiers in the round with frozen rules, agreed options, knock-outs and discussed attempts, by id.

        `settled`: those of a closed round too.
        """
        return (await self.session.execute(_ENTRIES, {"round_id": round_id, "settled": settled})).all()

    async def totals(self, round_id: UUID) -> dict[UUID, dict[UUID, int]]:
        """Each dossier's totals by member, of the present attempts."""
        found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
        for dossier_id, member_id, total in await self.session.execute(_TOTALS, {"round_id": round_id}):
            found[dossier_id][member_id] = total
        return found

    async def sheets(self, round_id: UUID, dossier_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[SubmittedSheet]]:
        """Each dossier's sheets of the present attempt with their answers."""
        found: dict[UUID, list[SubmittedSheet]] = defaultdict(list)
        given = {"round_id": round_id, "dossier_ids": list(dossier_ids)}
        for row in await self.session.execute(_SHEETS, given):
            answers = zip(row.criteria or (), row.choices or (), strict=True)
            found[row.dossier_id].append(
                SubmittedSheet(
                    sheet_id=row.id,
                    member_id=row.member_id,
                    choices={criterion: choice_of(written) for criterion, written in answers},
                    part_totals=row.part_totals or {},
                )
            )
        return found

    async def lock_dossiers(self, dossier_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The dossiers' states, each held FOR UPDATE in the order of their ids."""
        rows = await self.session.execute(_LOCK, {"dossier_ids": list(dossier_ids)})
        return {row.id: row.state for row in rows}

    async def settle_entries(self, round_id: UUID) -> None:
        """The dossiers leave the live round; its row must still be open."""
        await self.session.execute(_SETTLE, {"round_id": round_id})

    async def move_dossiers(self, dossier_ids: Sequence[UUID], state: str, *, ended: bool) -> None:
        """Give dossiers a state; `ended`: they wait at no level any more."""
        if dossier_ids:
            await self.session.execute(_MOVE, {"dossier_ids": list(dossier_ids), "state": state, "ended": ended})

    async def keep_results(self, rows: Sequence[ResultRow]) -> None:
        """Write results, and forget them in this process: a round of 1,000 dossiers holds many."""
        self.session.add_all(rows)
        await self.session.flush()
        for row in rows:
            self.session.expunge(row)
