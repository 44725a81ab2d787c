"""A member reads his own sheet, draft or submitted. There is no way to read another's before the round closes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from evaluation.persistence.score_sheets import choice_of
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """The caller's sheet on a dossier of a round, of the present attempt. `version` is the draft's, 0 without one."""

    round_id: UUID
    dossier_id: UUID
    member_id: UUID
    state: Literal["to_score", "draft", "submitted"]
    sheet: str
    attempt: int
    choices: Mapping[str, Any]
    part_totals: Mapping[str, int]
    notes: Mapping[str, str]
    remarks: str | None
    version: int
    id: UUID | None = None
    total: int | None = None
    submitted_at: datetime | None = None
    content_hash: str | None = None


async def read_own_sheet(uow: EvaluationUow, actor: Actor, round_id: UUID, dossier_id: UUID) -> OwnSheet:
    """The sheet, in one query. Raises NotFound where the caller has nothing to score there."""
    row = await uow.score_sheets.own(round_id, dossier_id, actor.person_id)
    if row is None:
        raise NotFound()
    if row.id is not None:
        return OwnSheet(
            round_id=round_id,
            dossier_id=dossier_id,
            member_id=actor.person_id,
            state="submitted",
            sheet=row.sheet_id,
            attempt=row.attempt,
            choices={code: choice_of(written) for code, written in (row.choices or {}).items()},
            part_totals=row.part_totals or {},
            notes=row.notes or {},
            remarks=row.remarks,
            version=1,
            id=row.id,
            total=row.total,
            submitted_at=row.submitted_at,
            content_hash=row.content_hash,
        )
    return OwnSheet(
        round_id=round_id,
        dossier_id=dossier_id,
        member_id=actor.person_id,
        state="to_score" if row.draft_version is None else "draft",
        sheet=row.sheet_id,
        attempt=row.attempt,
        choices=row.draft_choices or {},
        part_totals=row.draft_part_totals or {},
        notes=row.draft_notes or {},
        remarks=row.draft_remarks,
        version=row.draft_version or 0,
    )
