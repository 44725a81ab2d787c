"""Submitted sheets after the round has closed, and the signature of each at any time to who may read the sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.round_errors import ResultsNotReady
from evaluation.domain.signatures import signed_hash
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import ALLOWED, require_not_recused
from shared.auth.actors import Actor
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class CheckedSignature:
    """A sheet's signature, checked against what is stored now. `valid` None: submitted before sheets were signed."""

    sheet: Row[Any]
    computed: str
    valid: bool | None


async def sheets_of_dossier(
    uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID
) -> Sequence[CheckedSignature]:
    """Every sheet on a dossier of a closed round, those of earlier attempts too, for who may see the round.

    Raises NotFound out of scope or for a member who stood aside, ResultsNotReady before the round closes.
    """
    round_row = await uow.rounds.get(actor, round_id)
    await uow.rounds.dossier(round_id, dossier_id)
    await require_not_recused(uow, actor, round_id, dossier_id)
    if round_row.state != "closed":
        raise ResultsNotReady(
            "Phiếu của các thành viên chỉ xem được sau khi đợt chấm điểm kết thúc.",
            "Members' sheets can be read once the round has closed.",
            state=round_row.state,
            allowed=ALLOWED[round_row.state],
        )
    return [_checked(row) for row in await uow.score_sheets.every_attempt(round_id, dossier_id)]


async def read_signature(uow: EvaluationUow, actor: Actor, sheet_id: UUID) -> CheckedSignature:
    """The signature of a sheet: to its member at any time, to others of the round once it has closed.

    Raises NotFound for everybody else, who thereby learns nothing of it.
    """
    row = await uow.score_sheets.whole(sheet_id)
    if row is None:
        raise NotFound()
    if row.member_id != actor.person_id:
        if row.round_state != "closed":
            raise NotFound()
        await uow.rounds.get(actor, row.round_id)
        await require_not_recused(uow, actor, row.round_id, row.dossier_id)
    return _checked(row)


def _checked(row: Row[Any]) -> CheckedSignature:
    computed = signed_hash(
        sheet_id=row.id,
        round_id=row.round_id,
        dossier_id=row.dossier_id,
        member_id=row.member_id,
        sheet_hash=row.sheet_hash,
        answers=[tuple(answer) for answer in row.answers],
        part_totals=row.part_totals or {},
        total=row.total,
        remarks=row.remarks,
    )
    return CheckedSignature(row, computed, None if row.content_hash is None else computed == row.content_hash)
