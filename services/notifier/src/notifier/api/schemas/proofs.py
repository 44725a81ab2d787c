"""Proofs on the wire. Instants are ISO 8601 in UTC, as they stand in the text that the digest is made of."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ProofQuestion(BaseModel):
    """What was asked: a duty or all duties of its deadline, everybody or one person."""

    obligation_id: UUID
    person_id: UUID | None
    whole_deadline: bool


class ProvedDeadline(BaseModel):
    """A due date the duty had."""

    revision: int
    due_on: date | None


class ProvedAct(BaseModel):
    """What was decided about the duty."""

    act: str
    due_before: date | None
    due_after: date | None
    reason: str
    document: str | None
    at: datetime


class ProvedDuty(BaseModel):
    """The duty, every due date it had and what was decided about it."""

    id: UUID
    code: str
    title: str
    source: str
    unit_code: str
    unit_name: str | None
    person_id: UUID | None
    producer_id: UUID | None
    responsible: str
    superior: str | None
    superior_unit_code: str | None
    due_on: date | None
    due_at: datetime | None
    state: str
    met_at: datetime | None
    late: bool
    missed_at: datetime | None
    deadlines: list[ProvedDeadline]
    acts: list[ProvedAct]


class ProvedStep(BaseModel):
    """A step of the policy, and what came of it: noticed, skipped with the reason, or nobody held the office."""

    obligation_id: UUID
    due_on: date
    step: int
    outcome: str
    reason: str | None
    handled_at: datetime


class ProvedReceipt(BaseModel):
    """What the provider said later (real time)."""

    outcome: str
    reason: str
    at: datetime


class ProvedNotice(BaseModel):
    """One notice to one person through one channel. `words_digest` is the template's, `content_digest` of what could be
    read (SHA-256 of subject, empty line and text of a mail; of the text of an SMS); null for codes."""

    id: UUID
    obligation_id: UUID | None
    silence_id: UUID | None
    digest_id: UUID | None
    follows: UUID | None
    kind: str
    step: int
    due_on: date
    person_id: UUID
    recipient_name: str
    in_place_of: UUID | None
    channel: str
    turn: int
    state: str
    reason: str | None
    made_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    provider_reference: str | None
    template_code: str
    template_form: str
    template_version: int
    words_digest: str
    content_digest: str | None
    receipts: list[ProvedReceipt]


class ProvedAbsence(BaseModel):
    """Who was absent while notices were made, and who stood in."""

    person_id: UUID
    person_name: str
    deputy_id: UUID
    deputy_name: str
    from_on: date
    to_on: date
    basis: str
    declared_at: datetime
    cancelled_at: datetime | None


class ProvedOptOut(BaseModel):
    """What was declined while notices were made."""

    person_id: UUID
    topic: str
    channel: str
    since: datetime
    until: datetime | None
    by: str


class ProofContent(BaseModel):
    """Everything that was done to tell of the duty."""

    model_config = ConfigDict(populate_by_name=True)

    format: str = Field(alias="schema")
    asked: ProofQuestion
    duties: list[ProvedDuty]
    steps: list[ProvedStep]
    notices: list[ProvedNotice]
    absences: list[ProvedAbsence]
    opt_outs: list[ProvedOptOut]


class ProofRead(BaseModel):
    """A proof. `digest` is the SHA-256 of `content` as JSON with sorted keys and no spaces, in UTF-8: a copy is checked
    by hand, or at `GET /proofs/{digest}`. `issued_at` is when exactly this was first handed out."""

    digest: str
    issued_at: datetime
    content: ProofContent


class ProofCheck(BaseModel):
    """A copy with this digest is ours. `unchanged`: the same question has the same answer now; else more has happened
    since (a later step, a receipt, a reading), and the copy is what was known when it was issued."""

    digest: str
    issued_at: datetime
    issued_to: UUID
    asked: ProofQuestion
    unchanged: bool
