"""Knock-outs, discussions and readiness on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from evaluation.api.schemas.rounds import Reason, RoundState
from evaluation.domain.knock_outs import grounds
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.council_acts import DiscussionRow, KnockOutRow, KnockOutWithdrawalRow
from evaluation.use_cases.read_readiness import DossierReadiness, Readiness
from evaluation.use_cases.record_discussion import Statement
from evaluation.use_cases.record_knock_out import Finding
from shared.contracts.base import Wire

Said = Annotated[str, Field(min_length=1, max_length=4000)]
Votes = Annotated[int | None, Field(ge=0, le=1000)]
Lack = Literal["quorum", "chair", "agreed_options", "meeting", "discussion_and_rescoring"]


class KnockOutDraft(Wire):
    """The council finds a dossier out. `code` is a ground its sheet prints (`GET …/knock-out-grounds`) or `other`."""

    dossier_id: UUID
    code: str = Field(max_length=100, examples=["disqualify-1", "other"])
    reason: Reason
    evidence: Reason
    evidence_ids: list[UUID] = Field(default_factory=list, max_length=100)
    votes_for: Votes = None
    votes_against: Votes = None

    def finding(self) -> Finding:
        """For the use case."""
        return Finding(**self.model_dump())


class WithdrawalDraft(Wire):
    """Why a knock-out is taken back."""

    reason: Reason


class WithdrawalRead(BaseModel):
    """A knock-out taken back."""

    knock_out_id: UUID
    reason: str
    withdrawn_by: UUID
    withdrawn_at: datetime

    @classmethod
    def of(cls, row: KnockOutWithdrawalRow) -> "WithdrawalRead":
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class KnockOutRead(BaseModel):
    """A knock-out on record; `withdrawal` where the council took it back."""

    id: UUID
    round_id: UUID
    dossier_id: UUID
    code: str
    reason: str
    evidence: str
    evidence_ids: list[UUID]
    votes_for: int | None
    votes_against: int | None
    recorded_by: UUID
    recorded_at: datetime
    withdrawal: WithdrawalRead | None = None

    @classmethod
    def of(cls, row: KnockOutRow, withdrawal: KnockOutWithdrawalRow | None = None) -> "KnockOutRead":
        """From the rows."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "withdrawal"}
        return cls(**shown, withdrawal=None if withdrawal is None else WithdrawalRead.of(withdrawal))


class KnockOutList(BaseModel):
    """Knock-outs of a round, oldest first."""

    items: list[KnockOutRead]


class GroundRead(BaseModel):
    """A ground of knocking out that a sheet prints; `criterion` where it stands at one."""

    code: str
    text_vi: str
    criterion: str | None


class GroundList(BaseModel):
    """The printed grounds of a dossier's sheet; `other` is always possible besides."""

    items: list[GroundRead]

    @classmethod
    def of(cls, sheet: Sheet) -> "GroundList":
        """Of a sheet."""
        return cls(items=[GroundRead.model_validate(one, from_attributes=True) for one in grounds(sheet)])


class StatementDraft(Wire):
    """What one member said."""

    member_id: UUID
    said: Said


class DiscussionDraft(Wire):
    """A discussion of a dossier: who said what, and what was concluded."""

    dossier_id: UUID
    statements: list[StatementDraft] = Field(min_length=1, max_length=200)
    conclusion: Reason

    def said(self) -> list[Statement]:
        """For the use case."""
        return [Statement(one.member_id, one.said) for one in self.statements]


class StatementRead(BaseModel):
    """What one member said."""

    member_id: UUID
    said: str


class DiscussionRead(BaseModel):
    """A discussion on record; `attempt` is the scoring it was about."""

    id: UUID
    round_id: UUID
    dossier_id: UUID
    attempt: int
    statements: list[StatementRead]
    conclusion: str
    recorded_by: UUID
    recorded_at: datetime

    @classmethod
    def of(cls, row: DiscussionRow) -> "DiscussionRead":
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class DiscussionList(BaseModel):
    """Discussions of a round, oldest first."""

    items: list[DiscussionRead]


class DossierReadinessRead(BaseModel):
    """A dossier before closing. `spread`, `diverges` and `opinions_differ` are null where the caller may not know."""

    dossier_id: UUID
    product_name: str
    mode: str
    attempt: int
    submitted: int
    sitting: int
    recused: int
    options_missing: list[str]
    knock_outs: list[str]
    discussed: bool
    spread: int | None
    limit: int | None
    diverges: bool | None
    opinions_differ: bool | None
    lacks: list[Lack]


class ReadinessRead(BaseModel):
    """What is missing before a round can be closed. `ready` is null where only a closing attempt may tell."""

    round_id: UUID
    state: RoundState
    due_on: date
    days_left: int
    quorum: str
    chair_required: bool
    ready: bool | None
    dossiers: list[DossierReadinessRead]

    @classmethod
    def of(cls, readiness: Readiness) -> "ReadinessRead":
        """From what the use case found."""
        standings, round_row = readiness.standings, readiness.round
        shown = [_shown(one, len(standings.seats), standings.charter.divergence_limit) for one in readiness.dossiers]
        lacking = any(one.lacks for one in shown)
        known = all(one.told or one.standing.knock_outs for one in readiness.dossiers)
        return cls(
            round_id=round_row.id,
            state=round_row.state,
            due_on=round_row.due_on,
            days_left=(round_row.due_on - readiness.today).days,
            quorum=str(standings.charter.quorum),
            chair_required=standings.charter.chair_required,
            ready=False if lacking else (True if known else None),
            dossiers=shown,
        )


def _shown(one: DossierReadiness, seats: int, limit: int | None) -> DossierReadinessRead:
    standing, told = one.standing, one.told
    return DossierReadinessRead(
        dossier_id=standing.dossier_id,
        product_name=standing.product_name,
        mode=standing.mode.value,
        attempt=standing.attempt,
        submitted=len(standing.totals),
        sitting=seats - len(standing.recused),
        recused=len(standing.recused),
        options_missing=list(one.lacks.options),
        knock_outs=[found["code"] for found in standing.knock_outs],
        discussed=standing.attempt in standing.discussed,
        spread=standing.spread if told else None,
        limit=limit,
        diverges=one.lacks.diverges if told else None,
        opinions_differ=standing.opinions_differ if told else None,
        lacks=_lacks(one),
    )


def _lacks(one: DossierReadiness) -> list[Any]:
    quorum = one.lacks.quorum
    found = {
        "quorum": quorum is not None and quorum.present < quorum.needed,
        "chair": quorum is not None and quorum.chair_missing,
        "agreed_options": bool(one.lacks.options),
        "meeting": one.told and one.lacks.meeting,
        "discussion_and_rescoring": one.told and one.lacks.diverges,
    }
    return [name for name, missing in found.items() if missing]
