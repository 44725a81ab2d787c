"""Rounds on the wire. What a caller may not know is null."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from evaluation.api.schemas.choices import Choices
from evaluation.domain.round_access import Post
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow
from evaluation.use_cases.declare_conflict import DeclaredConflict
from evaluation.use_cases.read_progress import RoundProgress
from shared.contracts.base import Wire
from shared.contracts.roles import Level

MOST_DOSSIERS = 1000
RoundState = Literal["planned", "open", "closed"]
Reason = Annotated[str, Field(min_length=3, max_length=2000)]


class RoundDraft(Wire):
    """Dossiers to be put before a council, to be scored by `due_on` (inclusive)."""

    council_id: UUID
    due_on: date
    dossier_ids: list[UUID] = Field(min_length=1, max_length=MOST_DOSSIERS)


class ConflictDeclaration(Wire):
    """A conflict of interest; only the chair reads relation and reason. Relations: `GET conflict-relations`."""

    dossier_id: UUID
    relation: str = Field(default="other", max_length=50, examples=["family"])
    reason: Reason


class ConflictRead(BaseModel):
    """A declaration as kept. `excluded`: by the charter the member no longer sees or scores the dossiers it `covers`:
    the one named, and with a relation to the producer his others in the round.
    """

    round_id: UUID
    dossier_id: UUID
    member_id: UUID
    relation: str
    excluded: bool
    declared_at: datetime
    covers: list[UUID]

    @classmethod
    def of(cls, conflict: DeclaredConflict) -> "ConflictRead":
        """From the declaration."""
        return cls.model_validate(conflict, from_attributes=True)


class RescoringOrder(Wire):
    """A dossier to be scored again by every member; its discussion is on record (`POST …/discussions`)."""

    dossier_id: UUID
    reason: Reason


class RescoringRead(BaseModel):
    """The order; sheets submitted from now on belong to `attempt`."""

    round_id: UUID
    dossier_id: UUID
    attempt: int


class AgreedOptions(Wire):
    """The option the council agreed on for each criterion with a star floor, in the syntax of a choice."""

    options: Choices


class AgreedOptionsRead(BaseModel):
    """What is agreed so far. `missing`: criteria with a star floor on which nothing is agreed yet."""

    round_id: UUID
    dossier_id: UUID
    options: Choices
    missing: list[str]
    version: int

    @classmethod
    def of(cls, entry: RoundDossierRow, missing: list[str]) -> "AgreedOptionsRead":
        """From the row."""
        return cls(
            round_id=entry.round_id,
            dossier_id=entry.dossier_id,
            options=entry.agreed or {},
            missing=missing,
            version=entry.agreed_version,
        )


class ConflictShown(BaseModel):
    """Who stands aside; why, by which relation and whether the chair decided it, for the chair only."""

    member_id: UUID
    excluded: bool
    reason: str | None = None
    relation: str | None = None
    decided_by_chair: bool | None = None


class RoundDossierRead(BaseModel):
    """A dossier in a round. `mine` for members; `submitted`, `expected` and `conflicts` for chair and secretary."""

    dossier_id: UUID
    product_name: str
    producer_name: str
    ruleset: str
    sheet: str
    attempt: int
    agreed: bool
    mine: Literal["to_score", "draft", "submitted", "recused"] | None = None
    submitted: int | None = None
    expected: int | None = None
    conflicts: list[ConflictShown] | None = None


class MemberProgress(BaseModel):
    """How many sheets of a member are in."""

    person_id: UUID
    seat: int
    name: str
    submitted: int
    expected: int
    recused: int


class RoundListed(BaseModel):
    """A round in a list."""

    id: UUID
    council_id: UUID
    level: Level
    unit_code: str
    unit_name: str
    year: int
    due_on: date
    state: RoundState
    opened_at: datetime | None
    closed_at: datetime | None
    finished_on: date | None
    size: int

    @classmethod
    def of(cls, row: RoundRow, size: int) -> "RoundListed":
        """From the row and its number of dossiers."""
        return cls(size=size, **_plain(row))


class RoundRead(BaseModel):
    """A round as the caller may see it. Before it closes nobody learns anything of a sheet but his own."""

    id: UUID
    council_id: UUID
    level: Level
    unit_code: str
    unit_name: str
    year: int
    due_on: date
    state: RoundState
    opened_at: datetime | None
    closed_at: datetime | None
    finished_on: date | None
    post: Post
    dossiers: list[RoundDossierRead]
    members: list[MemberProgress]

    @classmethod
    def of(cls, progress: RoundProgress) -> "RoundRead":
        """From what the use case shows this caller."""
        return cls(
            post=progress.post,
            dossiers=[RoundDossierRead(**dossier) for dossier in progress.dossiers],
            members=[MemberProgress(**member) for member in progress.members],
            **_plain(progress.round),
        )


def _plain(row: RoundRow) -> dict[str, object]:
    return {
        name: getattr(row, name)
        for name in (
            "id",
            "council_id",
            "level",
            "unit_code",
            "unit_name",
            "year",
            "due_on",
            "state",
            "opened_at",
            "closed_at",
            "finished_on",
        )
    }
