"""Submitted sheets and their signatures on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from evaluation.domain.councils import Seat
from evaluation.persistence.score_sheets import choice_of
from evaluation.use_cases.read_submitted_sheets import CheckedSignature


class SignatureRead(BaseModel):
    """Who signed a sheet when, with which statement; `valid` says whether what is stored still has the signed hash.

    Null `content_hash` and `valid`: the sheet was submitted before sheets were signed.
    """

    sheet_id: UUID
    person_id: UUID
    seat: int | None
    signed_at: datetime
    statement: str | None
    content_hash: str | None
    computed_hash: str
    valid: bool | None

    @classmethod
    def of(cls, checked: CheckedSignature) -> "SignatureRead":
        """From the checked sheet."""
        row = checked.sheet
        return cls(
            sheet_id=row.id,
            person_id=row.member_id,
            seat=row.seat,
            signed_at=row.submitted_at,
            statement=row.statement,
            content_hash=row.content_hash,
            computed_hash=checked.computed,
            valid=checked.valid,
        )


class SubmittedSheetRead(BaseModel):
    """A sheet after closing. `counted`: of the last attempt, by a member who does not stand aside.

    `member` is null for one who left the council.
    """

    member: str | None
    attempt: int
    counted: bool
    choices: dict[str, int | str]
    points: dict[str, int]
    part_totals: dict[str, int]
    notes: dict[str, str]
    remarks: str | None
    total: int
    signature: SignatureRead

    @classmethod
    def of(cls, checked: CheckedSignature) -> "SubmittedSheetRead":
        """From the checked sheet."""
        row = checked.sheet
        return cls(
            member=None if row.seat is None else Seat(row.member_id, row.seat).label,
            attempt=row.attempt,
            counted=row.counted,
            choices={criterion: choice_of(choice) for criterion, choice, _, _ in row.answers},
            points={criterion: points for criterion, _, points, _ in row.answers},
            part_totals=row.part_totals or {},
            notes={criterion: note for criterion, _, _, note in row.answers if note is not None},
            remarks=row.remarks,
            total=row.total,
            signature=SignatureRead.of(checked),
        )


class SubmittedSheetList(BaseModel):
    """Every sheet on a dossier of a round, by attempt and seat."""

    items: list[SubmittedSheetRead]
