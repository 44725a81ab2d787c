"""Score sheets on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt

from evaluation.api.schemas.choices import MOST_CRITERIA, Choices, CriterionCode
from evaluation.use_cases.read_own_sheet import OwnSheet
from evaluation.use_cases.save_score_draft import DraftContent
from evaluation.use_cases.submit_score_sheet import Submission
from shared.contracts.base import Wire

PartTotals = Annotated[dict[CriterionCode, Annotated[StrictInt, Field(ge=0, le=1000)]], Field(max_length=20)]
"""One total per part, only on a sheet that is recorded only."""
Notes = Annotated[dict[CriterionCode, Annotated[str, Field(max_length=1000)]], Field(max_length=MOST_CRITERIA)]
"""A member's note by code of criterion; the producer reads it after release, without the member's name."""
Remarks = Annotated[str, Field(max_length=4000)]


class ScoreDraft(Wire):
    """An unfinished sheet: any of its answers may be missing."""

    choices: Choices = Field(default_factory=dict)
    part_totals: PartTotals = Field(default_factory=dict)
    notes: Notes = Field(default_factory=dict)
    remarks: Remarks | None = None

    def content(self) -> DraftContent:
        """For the use case."""
        return DraftContent(self.choices, self.part_totals, self.notes, self.remarks)


class ScoreSheetSubmission(ScoreDraft):
    """A whole sheet. Every criterion is answered; the sheet does not change once it is in."""

    round_id: UUID
    dossier_id: UUID

    def submission(self) -> Submission:
        """For the use case."""
        return Submission(
            self.round_id, self.dossier_id, self.choices, self.part_totals, self.notes, self.remarks or None
        )


class ScoreSheetRead(BaseModel):
    """The caller's own sheet. `to_score`: not begun. `version` is that of the draft, 0 before the first."""

    id: UUID | None = None
    round_id: UUID
    dossier_id: UUID
    member_id: UUID
    state: Literal["to_score", "draft", "submitted"]
    sheet: str | None = None
    attempt: int
    choices: Choices
    part_totals: PartTotals
    notes: Notes
    remarks: str | None
    parts: dict[str, int] | None = None
    total: int | None = None
    submitted_at: datetime | None = None
    content_hash: str | None = None
    """SHA-256 of what the member signed by submitting."""
    version: int

    @classmethod
    def of(cls, own: OwnSheet) -> "ScoreSheetRead":
        """From the caller's sheet."""
        return cls.model_validate(own, from_attributes=True)
